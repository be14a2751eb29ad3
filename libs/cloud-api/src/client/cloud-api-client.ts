import { systemClock, type Clock } from '@daybreak/kernel';
import { HttpPools } from '../http/exchange.js';
import type { ManagementBudget } from '../limits/management-budget.js';
import { GraphCalls } from './graph-calls.js';
import { checkMedia } from './media-rules.js';
import type { SendOutcome } from './send-outcome.js';
import { TokenRing } from './token-ring.js';
import type { HealthStatus, MessageRequest, MessageTemplate, PhoneNumber, SubscribedApp, TokenInfo } from './wire.js';

export interface CloudApiClientOptions {
  /** https://graph.facebook.com, or whatever answers like it. */
  readonly baseUrl: string;
  /** e.g. v24.0. */
  readonly version: string;
  /** System-user tokens, best first; asked before every call, so that a rotation needs no restart. The second is used when Meta refuses the first (190). */
  readonly tokens: () => readonly string[];
  readonly appId?: string | undefined;
  /** When set, every call carries an `appsecret_proof`. */
  readonly appSecret?: string | undefined;
  readonly budget?: ManagementBudget | undefined;
  readonly clock?: Clock | undefined;
  /** Connections to Meta; one request at a time on each. At 300 ms an answer, 1 000 messages/s need 300. */
  readonly connections?: number | undefined;
  /** From the call to the last byte of the answer, waiting for a connection included. Must stay below the time after which an ambiguous send is resolved. */
  readonly sendTimeoutMs?: number | undefined;
  readonly callTimeoutMs?: number | undefined;
  readonly connectTimeoutMs?: number | undefined;
  readonly keepAliveMs?: number | undefined;
}

/** The WhatsApp Business Cloud API. Sends tell their outcome; every other call throws what may happen next. */
export class CloudApiClient {
  private readonly pools: HttpPools;
  private readonly graph: GraphCalls;
  private readonly origin: string;

  constructor(options: CloudApiClientOptions) {
    const base = new URL(options.baseUrl);
    this.origin = base.origin;
    this.pools = new HttpPools({
      connections: options.connections ?? 128,
      connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
      keepAliveMs: options.keepAliveMs ?? 20_000,
    });
    this.graph = new GraphCalls(
      this.pools,
      {
        origin: base.origin,
        basePath: base.pathname.replace(/\/+$/, ''),
        version: options.version,
        sendTimeoutMs: options.sendTimeoutMs ?? 10_000,
        callTimeoutMs: options.callTimeoutMs ?? 30_000,
      },
      new TokenRing(options.tokens, options.appSecret),
      options.budget,
      options.clock ?? systemClock(),
    );
  }

  /** One POST, one message, never repeated by this client. */
  sendMessage(phoneNumberId: string, message: MessageRequest): Promise<SendOutcome> {
    return this.graph.send(`/${phoneNumberId}/messages`, message);
  }

  async uploadMedia(phoneNumberId: string, media: { bytes: Uint8Array<ArrayBuffer>; mediaType: string; filename?: string }): Promise<string> {
    checkMedia(media.bytes, media.mediaType);
    const form = new FormData();
    form.set('messaging_product', 'whatsapp');
    form.set('type', media.mediaType);
    form.set('file', new File([media.bytes], media.filename ?? 'media', { type: media.mediaType }));
    const encoded = new Response(form);
    const { id } = await this.graph.call<{ id: string }>({
      method: 'POST',
      path: `/${phoneNumberId}/media`,
      bytes: { body: new Uint8Array(await encoded.arrayBuffer()), headers: ['content-type', encoded.headers.get('content-type') ?? ''] },
    });
    return id;
  }

  async listTemplates(wabaId: string, filter: { name?: string; status?: string; fields?: readonly string[] } = {}): Promise<readonly MessageTemplate[]> {
    const page = await this.graph.call<{ data: MessageTemplate[] }>({ method: 'GET', path: `/${wabaId}/message_templates`, query: { name: filter.name, status: filter.status, fields: filter.fields?.join(',') }, wabaId });
    return page.data;
  }

  getPhoneNumber(phoneNumberId: string, fields: readonly string[]): Promise<PhoneNumber> {
    return this.graph.call({ method: 'GET', path: `/${phoneNumberId}`, query: { fields: fields.join(',') } });
  }

  async listPhoneNumbers(wabaId: string, fields: readonly string[]): Promise<readonly PhoneNumber[]> {
    return (await this.graph.call<{ data: PhoneNumber[] }>({ method: 'GET', path: `/${wabaId}/phone_numbers`, query: { fields: fields.join(',') }, wabaId })).data;
  }

  async getSubscribedApps(wabaId: string): Promise<readonly SubscribedApp[]> {
    return (await this.graph.call<{ data: SubscribedApp[] }>({ method: 'GET', path: `/${wabaId}/subscribed_apps`, wabaId })).data;
  }

  async subscribe(wabaId: string, override?: { callbackUrl: string; verifyToken: string }): Promise<void> {
    await this.graph.call({ method: 'POST', path: `/${wabaId}/subscribed_apps`, json: override ? { override_callback_uri: override.callbackUrl, verify_token: override.verifyToken } : {}, wabaId });
  }

  async debugToken(token: string): Promise<TokenInfo> {
    return (await this.graph.call<{ data: TokenInfo }>({ method: 'GET', path: '/debug_token', query: { input_token: token } })).data;
  }

  /** Whether a phone number, template or WABA can send, and what stands in its way: the best single read before a run. */
  async getHealth(nodeId: string): Promise<HealthStatus> {
    return (await this.graph.call<{ health_status: HealthStatus }>({ method: 'GET', path: `/${nodeId}`, query: { fields: 'health_status' } })).health_status;
  }

  async close(): Promise<void> {
    await this.pools.close();
  }
}
