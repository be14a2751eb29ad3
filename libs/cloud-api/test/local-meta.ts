import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** One request as it arrived. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface LocalMeta {
  readonly baseUrl: string;
  readonly seen: readonly Seen[];
  close(): Promise<void>;
}

export type Answer = (seen: Seen, response: ServerResponse, request: IncomingMessage) => void;

/** What Meta would say: a status and a JSON body. */
export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (_seen, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };

export const graphError = (code: number, status = 400, over: Record<string, unknown> = {}): Answer =>
  json(status, { error: { message: `(#${code}) as Meta words it`, type: 'OAuthException', code, fbtrace_id: 'trace', ...over } });

export const accepted = (wamid = 'wamid.A', over: Record<string, unknown> = {}): Answer =>
  json(200, {
    messaging_product: 'whatsapp',
    contacts: [{ input: '+919812345678', wa_id: '919812345678' }],
    messages: [{ id: wamid, ...over }],
  });

/** Answers in turn; the last answer is given to everybody after it. */
export const inTurn = (...answers: readonly [Answer, ...Answer[]]): Answer => {
  let next = 0;
  return (...args) => {
    const answer = answers[Math.min(next, answers.length - 1)] as Answer;
    next += 1;
    answer(...args);
  };
};

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));

/** A local server in Meta's place that remembers what it was asked. */
export async function localMeta(answer: Answer): Promise<LocalMeta> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://local');
      const one: Seen = {
        method: request.method ?? '',
        path: pathname,
        query: searchParams,
        headers: request.headers,
        body: Buffer.concat(chunks),
      };
      seen.push(one);
      answer(one, response, request);
    });
  });
  const port = await listening(server);
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A server that does with a connection whatever the test says. */
export async function localSocket(
  onConnection: (socket: Socket) => void,
): Promise<{ port: number; connections: () => number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createTcpServer((socket) => {
    count += 1;
    sockets.add(socket);
    socket.on('error', () => sockets.delete(socket));
    onConnection(socket);
  });
  const port = await listening(server);
  return {
    port,
    connections: () => count,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
