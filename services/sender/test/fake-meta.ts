import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseReference, type Reference } from '@daybreak/delivery';
import { sha256Hex } from '@daybreak/kernel';
import { aWamid } from '@daybreak/testing';

/** One message that this Meta accepted. */
export interface AcceptedMessage {
  readonly phoneNumberId: string;
  readonly to: string;
  readonly reference: Reference | undefined;
  readonly wamid: string;
  /** Real epoch ms at which the whole request was there. */
  readonly atMs: number;
  readonly body: MessageBody;
}

export interface MessageBody {
  readonly to: string;
  readonly type: string;
  readonly biz_opaque_callback_data?: string;
  readonly template?: {
    readonly name: string;
    readonly language: { readonly code: string };
    readonly components?: readonly { readonly type: string; readonly parameters: readonly Readonly<Record<string, unknown>>[] }[];
  };
  readonly text?: { readonly body: string };
}

/**
 * How one POST is treated. `lost`: accepted, and the connection breaks before the answer. `hang`: accepted, and no answer ever comes.
 * `swallow`: the connection breaks, and nothing was accepted.
 */
export type Treatment = 'accept' | 'lost' | 'hang' | 'swallow' | { readonly code: number; readonly httpStatus?: number };

/** A JPEG to the last byte that anybody looks at. */
export const IMAGE = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(2_000, 7)]);
export const IMAGE_SHA256 = sha256Hex(IMAGE);

/** The image of one person's own pack. */
export const personalImage = (n: number): Buffer => Buffer.concat([IMAGE, Buffer.from(`of ${n}`)]);

/** Just enough of the Cloud API, and of a CDN, for the sender: an answer per POST, and a ledger of what was accepted. */
export class FakeMeta {
  readonly accepted: AcceptedMessage[] = [];
  /** `<phone number id> <name of the upload>`. */
  readonly uploads: string[] = [];
  /** Real epoch ms of each upload. */
  readonly uploadedAtMs: number[] = [];
  fetches = 0;
  /** Connections that were open when the first message came. */
  openAtFirstPost: number | undefined;
  private open = 0;
  posts = 0;
  /** Real ms before every answer. */
  latencyMs = 0;
  /** By delivery id (empty for other messages) and how many POSTs of it came before. */
  treat: (deliveryId: string, before: number, body: MessageBody) => Treatment = () => 'accept';
  private readonly postsOf = new Map<string, number>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => void this.answer(request, response));
    this.server.keepAliveTimeout = 60_000; // Node's own five seconds would end connections that were opened ahead
    this.server.on('connection', (socket) => {
      this.open += 1;
      socket.on('close', () => (this.open -= 1));
    });
  }

  static async start(): Promise<FakeMeta> {
    const meta = new FakeMeta();
    await new Promise<void>((resolve) => meta.server.listen(0, '127.0.0.1', resolve));
    return meta;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get assetUrl(): string {
    return `${this.url}/assets/pack.jpg`;
  }

  /** How often each delivery was accepted. */
  timesAccepted(): Map<string, number> {
    const times = new Map<string, number>();
    for (const { reference } of this.accepted) if (reference) times.set(reference.deliveryId, (times.get(reference.deliveryId) ?? 0) + 1);
    return times;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (path.startsWith('/assets/')) {
      this.fetches += 1;
      response.writeHead(200, { 'content-type': 'image/jpeg' }).end(imageAt(path));
      return;
    }
    const [, , phoneNumberId = '', edge] = path.split('/');
    if (request.method === 'GET' && edge === undefined) {
      const isKnown = /^media-\d+$/.test(phoneNumberId); // the ids that this Meta gives
      if (isKnown) respond(response, 200, { id: phoneNumberId, url: `${this.url}/bytes` });
      else respond(response, 400, { error: { code: 100, message: 'Object does not exist' } });
    } else if (edge === 'media') {
      this.uploads.push(phoneNumberId);
      this.uploadedAtMs.push(Date.now());
      respond(response, 200, { id: `media-${this.uploads.length}` });
    } else if (edge === 'messages')
      await this.takeMessage(phoneNumberId, JSON.parse(body.toString('utf8')) as MessageBody, request, response);
    else respond(response, 404, { error: { code: 100, message: 'no such edge' } });
  }

  private async takeMessage(phoneNumberId: string, body: MessageBody, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const deliveryId = parseReference(body.biz_opaque_callback_data)?.deliveryId ?? '';
    const before = this.postsOf.get(deliveryId) ?? 0;
    this.postsOf.set(deliveryId, before + 1);
    this.posts += 1;
    this.openAtFirstPost ??= this.open;
    const treatment = this.treat(deliveryId, before, body);
    if (typeof treatment === 'object') {
      await this.think();
      return respond(response, treatment.httpStatus ?? 400, { error: { code: treatment.code, message: 'refused' } });
    }
    if (treatment === 'swallow') return void request.socket.destroy();
    const wamid = aWamid(body.to);
    this.accepted.push({
      phoneNumberId,
      to: body.to,
      reference: parseReference(body.biz_opaque_callback_data),
      wamid,
      atMs: Date.now(),
      body,
    });
    if (treatment === 'hang') return;
    await this.think();
    if (treatment === 'lost') request.socket.destroy();
    else
      respond(response, 200, {
        messaging_product: 'whatsapp',
        contacts: [{ input: body.to, wa_id: body.to.slice(1) }],
        messages: [{ id: wamid, message_status: 'accepted' }],
      });
  }

  private think(): Promise<void> {
    return this.latencyMs === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, this.latencyMs));
  }
}

function imageAt(path: string): Buffer {
  const [, n] = /\/personal-(\d+)\.jpg$/.exec(path) ?? [];
  return n === undefined ? IMAGE : personalImage(Number(n));
}

function respond(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
