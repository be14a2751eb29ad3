import { Pool, type Dispatcher } from 'undici';
import { Deadlines } from './deadlines.js';

/** Why a request provably never left this process. */
export type NeverLeftReason =
  | 'dns'
  | 'refused'
  | 'unreachable'
  | 'hung-up'
  | 'tls'
  | 'connect-timeout'
  | 'no-connection-in-time'
  | 'client-closed'
  | 'invalid-request'
  | 'withdrawn';

/** Why a request that left has no usable answer. It may or may not have been processed. */
export type LostReason = 'timeout' | 'connection-lost' | 'answer-too-large';

/** How one HTTP exchange ended. The difference between the last two is what decides whether a message may be sent again. */
export type Exchange =
  | { readonly kind: 'answered'; readonly status: number; readonly headers: AnswerHeaders; readonly body: Buffer }
  | { readonly kind: 'lost'; readonly reason: LostReason; readonly status: number | null }
  | { readonly kind: 'never-left'; readonly reason: NeverLeftReason };

/** Headers of an answer, by lower-case name. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** One request, made once. `timeoutMs` counts from the call to the last byte of the answer, real ms. */
export interface ExchangeRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path and query. */
  readonly path: string;
  /** Name, value, name, value … lower case. */
  readonly headers: readonly string[];
  readonly body?: string | Uint8Array;
  readonly timeoutMs: number;
  /** Asked right before the first byte is written, which may be long after the call: waiting for a connection, or while the process was stopped. */
  readonly mayStart?: (() => boolean) | undefined;
}

/** How connections are kept. Times are real milliseconds. */
export interface HttpOptions {
  /** Connections to one origin. Each carries one request at a time. */
  readonly connections: number;
  readonly connectTimeoutMs: number;
  /** Idle connections older than this are closed by us, before the other side does: a request on a socket that is being closed is lost, not refused. */
  readonly keepAliveMs: number;
}

const MAX_ANSWER_BYTES = 16 * 1024 * 1024; // the largest answer we ask for is a page of 100 templates, below 1 MB

/** Keep-alive pools, one per origin, that never retry and know whether bytes were written. */
export class HttpPools {
  private readonly pools = new Map<string, Pool>();
  private readonly deadlines = new Deadlines();
  private closed = false;

  constructor(private readonly options: HttpOptions) {}

  exchange(origin: string, request: ExchangeRequest): Promise<Exchange> {
    if (this.closed) return Promise.resolve({ kind: 'never-left', reason: 'client-closed' });
    return new Promise((resolve) => {
      const handler = new ExchangeHandler(resolve, performance.now() + request.timeoutMs, request.mayStart);
      handler.forget = this.deadlines.add(request.timeoutMs, () => handler.expire());
      this.poolOf(origin).dispatch(
        { path: request.path, method: request.method, headers: request.headers as string[], body: request.body ?? null },
        handler,
      );
    });
  }

  /** One request on each of `connections` new connections, all at once: that many are open afterwards. Returns how many answered. */
  async warm(origin: string, connections: number): Promise<number> {
    const count = Math.min(connections, this.options.connections);
    const knock: ExchangeRequest = { method: 'GET', path: '/', headers: ['accept', '*/*'], timeoutMs: this.options.connectTimeoutMs };
    const exchanges = await Promise.all(Array.from({ length: count }, () => this.exchange(origin, knock)));
    return exchanges.filter((exchange) => exchange.kind === 'answered').length;
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.pools.values()].map((pool) => pool.close()));
    this.deadlines.close();
  }

  private poolOf(origin: string): Pool {
    let pool = this.pools.get(origin);
    if (!pool) {
      pool = new Pool(origin, {
        connections: this.options.connections,
        // More than one request on a connection, or HTTP/2, and undici would send the ones behind a broken one again.
        pipelining: 1,
        allowH2: false,
        keepAliveTimeout: this.options.keepAliveMs,
        keepAliveMaxTimeout: this.options.keepAliveMs,
        connect: { timeout: this.options.connectTimeoutMs },
        // `Deadlines` does this exactly; undici's own timers tick twice a second.
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      this.pools.set(origin, pool);
    }
    return pool;
  }
}

const NEVER_LEFT: Readonly<Record<string, NeverLeftReason>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ECONNRESET: 'hung-up',
  EPIPE: 'hung-up',
  UND_ERR_SOCKET: 'hung-up',
  UND_ERR_CONNECT_TIMEOUT: 'connect-timeout',
  ETIMEDOUT: 'connect-timeout',
  UND_ERR_CLOSED: 'client-closed',
  UND_ERR_DESTROYED: 'client-closed',
  UND_ERR_INVALID_ARG: 'invalid-request',
};

/** What is left when a connection could not be made is TLS: a certificate, a version, a name. Node has dozens of codes for these. */
const neverLeftReason = (error: Error): NeverLeftReason => NEVER_LEFT[(error as NodeJS.ErrnoException).code ?? ''] ?? 'tls';

class ExchangeHandler implements Dispatcher.DispatchHandler {
  forget: () => void = () => undefined;
  private controller: Dispatcher.DispatchController | undefined;
  private ended = false;
  private status: number | null = null;
  private headers: AnswerHeaders = {};
  private readonly chunks: Buffer[] = [];
  private bytes = 0;

  constructor(
    private readonly resolve: (exchange: Exchange) => void,
    private readonly expiresAtMs: number,
    private readonly mayStart: (() => boolean) | undefined,
  ) {}

  end(exchange: Exchange): void {
    if (this.ended) return;
    this.ended = true;
    this.forget();
    this.resolve(exchange);
  }

  expire(): void {
    const { controller } = this;
    this.end(
      controller ? { kind: 'lost', reason: 'timeout', status: this.status } : { kind: 'never-left', reason: 'no-connection-in-time' },
    );
    controller?.abort(new Error('time limit'));
  }

  /** undici calls this right before it writes the first byte: without it, nothing left. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (performance.now() >= this.expiresAtMs) this.expire(); // its deadline only has not been swept yet
    if (this.ended) {
      controller.abort(new Error('gave up while waiting for a connection'));
      return;
    }
    if (this.mayStart?.() === false) {
      this.end({ kind: 'never-left', reason: 'withdrawn' });
      controller.abort(new Error('withdrawn before it left'));
      return;
    }
    this.controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, statusCode: number, headers: AnswerHeaders): void {
    if (statusCode < 200) return; // 103 and the like: the answer is still to come
    this.status = statusCode;
    this.headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes > MAX_ANSWER_BYTES) {
      this.end({ kind: 'lost', reason: 'answer-too-large', status: this.status });
      controller.abort(new Error('answer too large'));
      return;
    }
    this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [only] = this.chunks;
    const body = this.chunks.length === 1 && only ? only : Buffer.concat(this.chunks);
    this.end({ kind: 'answered', status: this.status ?? 0, headers: this.headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.end(
      this.controller
        ? { kind: 'lost', reason: 'connection-lost', status: this.status }
        : { kind: 'never-left', reason: neverLeftReason(error) },
    );
  }
}
