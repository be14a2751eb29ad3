import { drop, systemClock, type Clock } from '@daybreak/kernel';
import { HttpPools } from '../http/exchange.js';
import { readReceipt } from '../messages/message-builders.js';
import { allPages } from './all-pages.js';
import * as app from './app-calls.js';
import type { AppCallback, CloudApiClientOptions, MediaUpload, TemplateFilter } from './client-options.js';
import { HISTORY_FIELDS, PHONE_NUMBER_FIELDS, PROFILE_FIELDS, TEMPLATE_FIELDS, WABA_FIELDS } from './default-fields.js';
import { at, GraphCalls } from './graph-calls.js';
import { checkMedia } from './media-rules.js';
import { uploadHeaderSample, type HeaderSample } from './resumable-upload.js';
import type { SendOutcome } from './send-outcome.js';
import { checkTemplateDraft } from './template-rules.js';
import { TokenRing } from './token-ring.js';
import type * as wire from './wire.js';

const UPLOAD_TIMEOUT_MS = 120_000;

interface List<T> {
  readonly data: readonly T[];
}

/** The WhatsApp Business Cloud API. Sends tell their outcome and never throw; every other call throws what may happen next. */
export class CloudApiClient {
  private readonly pools: HttpPools;
  private readonly graph: GraphCalls;
  private readonly origin: string;
  private readonly clock: Clock;

  constructor(private readonly options: CloudApiClientOptions) {
    const base = new URL(options.baseUrl);
    this.origin = base.origin;
    this.clock = options.clock ?? systemClock();
    this.pools = new HttpPools({
      connections: options.connections ?? 128,
      connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
      keepAliveMs: options.keepAliveMs ?? 20_000,
    });
    this.graph = new GraphCalls(
      this.pools,
      {
        origin: base.origin,
        appToken: this.appToken(),
        prefix: `${base.pathname.replace(/\/+$/, '')}/${options.version}`,
        sendTimeoutMs: options.sendTimeoutMs ?? 10_000,
        callTimeoutMs: options.callTimeoutMs ?? 30_000,
        onUsage: options.onUsage,
      },
      new TokenRing(options.tokens, options.appSecret),
      options.budget,
      this.clock,
    );
  }

  // Messages

  /**
   * One POST, at most one message; never repeated by this client.
   * @param mayStart asked right before the first byte is written, which may be long after the call: it may have to wait for a connection,
   * or the process may have been stopped in between. `false` means that it never leaves.
   */
  sendMessage(phoneNumberId: string, message: wire.MessageRequest, mayStart?: () => boolean): Promise<SendOutcome> {
    return this.graph.send(at(phoneNumberId, 'messages'), message, mayStart);
  }

  /** A marketing template through the marketing messages API. */
  sendMarketingMessage(phoneNumberId: string, message: wire.MarketingMessageRequest): Promise<SendOutcome> {
    return this.graph.send(at(phoneNumberId, 'marketing_messages'), message);
  }

  /** Shows the sender of an inbound message two blue ticks, and that somebody is typing if asked. */
  async markRead(phoneNumberId: string, wamid: string, typing = false): Promise<void> {
    await this.graph.call({ method: 'POST', path: at(phoneNumberId, 'messages'), json: readReceipt(wamid, typing) });
  }

  // Media

  /** The id is good for 30 days, and for this phone number only. */
  async uploadMedia(phoneNumberId: string, media: MediaUpload): Promise<string> {
    checkMedia(media.bytes, media.mediaType);
    const form = new FormData();
    form.set('messaging_product', 'whatsapp');
    form.set('type', media.mediaType);
    form.set('file', new File([media.bytes], media.filename ?? 'media', { type: media.mediaType }));
    const encoded = new Response(form);
    const { id } = await this.graph.call<{ id: string }>({
      method: 'POST',
      path: at(phoneNumberId, 'media'),
      bytes: { body: new Uint8Array(await encoded.arrayBuffer()), headers: ['content-type', encoded.headers.get('content-type') ?? ''] },
      timeoutMs: UPLOAD_TIMEOUT_MS,
    });
    return id;
  }

  /** @param phoneNumberId fails unless the media belongs to this number */
  getMedia(mediaId: string, phoneNumberId?: string): Promise<wire.Media> {
    return this.graph.call({ method: 'GET', path: at(mediaId), query: { phone_number_id: phoneNumberId } });
  }

  async deleteMedia(mediaId: string, phoneNumberId?: string): Promise<void> {
    await this.graph.call({ method: 'DELETE', path: at(mediaId), query: { phone_number_id: phoneNumberId } });
  }

  /** For `example.header_handle` of a template; not a media id. */
  async uploadHeaderSample(sample: HeaderSample): Promise<string> {
    return uploadHeaderSample(this.graph, this.appId(), sample);
  }

  // Templates

  /** Submits for review. Meta may answer with another category than the one asked for. */
  async createTemplate(wabaId: string, draft: wire.TemplateDraft): Promise<wire.TemplateSubmitted> {
    checkTemplateDraft(draft);
    return this.graph.call({ method: 'POST', path: at(wabaId, 'message_templates'), json: draft, wabaId });
  }

  /** Replaces all components. Approved templates: once a day, ten times in 30 days, category unchanged. */
  async editTemplate(wabaId: string, templateId: string, edit: wire.TemplateEdit): Promise<void> {
    await this.graph.call({ method: 'POST', path: at(templateId), json: edit, wabaId });
  }

  /** All pages, or an error; never a part. */
  listTemplates(wabaId: string, filter: TemplateFilter = {}): Promise<readonly wire.MessageTemplate[]> {
    const { name, status, fields, limit } = filter;
    return allPages(this.graph, {
      method: 'GET',
      path: at(wabaId, 'message_templates'),
      query: { name, status, fields: (fields ?? TEMPLATE_FIELDS).join(','), limit },
      wabaId,
    });
  }

  getTemplate(wabaId: string, templateId: string, fields: readonly string[] = TEMPLATE_FIELDS): Promise<wire.MessageTemplate> {
    return this.graph.call({ method: 'GET', path: at(templateId), query: { fields: fields.join(',') }, wabaId });
  }

  /** All languages of the name, or with an id one of them. The name is blocked for 30 days. */
  async deleteTemplate(wabaId: string, name: string, templateId?: string): Promise<void> {
    await this.graph.call({ method: 'DELETE', path: at(wabaId, 'message_templates'), query: { name, hsm_id: templateId }, wabaId });
  }

  /** Lifts a pause that pacing imposed; others end by themselves. */
  async unpauseTemplate(wabaId: string, templateId: string): Promise<void> {
    await this.graph.call({ method: 'POST', path: at(templateId, 'unpause'), wabaId });
  }

  // Phone numbers

  listPhoneNumbers(wabaId: string, fields: readonly string[] = PHONE_NUMBER_FIELDS): Promise<readonly wire.PhoneNumber[]> {
    return allPages(this.graph, {
      method: 'GET',
      path: at(wabaId, 'phone_numbers'),
      query: { fields: fields.join(','), limit: 100 },
      wabaId,
    });
  }

  getPhoneNumber(phoneNumberId: string, fields: readonly string[] = PHONE_NUMBER_FIELDS): Promise<wire.PhoneNumber> {
    return this.graph.call({ method: 'GET', path: at(phoneNumberId), query: { fields: fields.join(',') } });
  }

  async updatePhoneNumber(phoneNumberId: string, settings: wire.PhoneNumberSettings): Promise<void> {
    await this.graph.call({ method: 'POST', path: at(phoneNumberId), json: settings });
  }

  /** At most ten times in 72 hours, deregistering included. @param pin six digits */
  async registerPhoneNumber(phoneNumberId: string, pin: string, region?: wire.Registration['data_localization_region']): Promise<void> {
    const json: wire.Registration = {
      messaging_product: 'whatsapp',
      pin,
      ...(region === undefined ? {} : { data_localization_region: region }),
    };
    await this.graph.call({ method: 'POST', path: at(phoneNumberId, 'register'), json });
  }

  async deregisterPhoneNumber(phoneNumberId: string): Promise<void> {
    await this.graph.call({ method: 'POST', path: at(phoneNumberId, 'deregister') });
  }

  /** What Meta recorded of one message and of the webhooks about it. Cannot find a message whose wamid is not known. */
  getMessageHistory(phoneNumberId: string, wamid: string): Promise<readonly wire.MessageHistory[]> {
    return allPages(this.graph, {
      method: 'GET',
      path: at(phoneNumberId, 'message_history'),
      query: { message_id: wamid, fields: HISTORY_FIELDS, limit: 100 },
    });
  }

  async getBusinessProfile(phoneNumberId: string, fields: readonly string[] = PROFILE_FIELDS): Promise<wire.BusinessProfile> {
    type Profile = wire.BusinessProfile | { readonly business_profile: wire.BusinessProfile };
    const { data } = await this.graph.call<List<Profile>>({
      method: 'GET',
      path: at(phoneNumberId, 'whatsapp_business_profile'),
      query: { fields: fields.join(',') },
    });
    const profile = data[0] ?? {};
    return 'business_profile' in profile ? profile.business_profile : profile;
  }

  async updateBusinessProfile(phoneNumberId: string, update: Omit<wire.BusinessProfileUpdate, 'messaging_product'>): Promise<void> {
    await this.graph.call({
      method: 'POST',
      path: at(phoneNumberId, 'whatsapp_business_profile'),
      json: { ...update, messaging_product: 'whatsapp' },
    });
  }

  // Accounts

  getWaba(wabaId: string, fields: readonly string[] = WABA_FIELDS): Promise<wire.Waba> {
    return this.graph.call({ method: 'GET', path: at(wabaId), query: { fields: fields.join(',') }, wabaId });
  }

  /**
   * Whether a phone number, template or WABA can send, and what stands in its way: the best single read before a run.
   * @param wabaId the WABA whose budget it is charged to: itself, or a template's; nothing for a phone number, which Meta does not count
   */
  async getHealth(nodeId: string, wabaId?: string): Promise<wire.HealthStatus> {
    const { health_status: health } = await this.graph.call<{ health_status: wire.HealthStatus }>({
      method: 'GET',
      path: at(nodeId),
      query: { fields: 'health_status' },
      wabaId,
    });
    return health;
  }

  async getSubscribedApps(wabaId: string): Promise<readonly wire.SubscribedApp[]> {
    return (await this.graph.call<List<wire.SubscribedApp>>({ method: 'GET', path: at(wabaId, 'subscribed_apps'), wabaId })).data;
  }

  /** Subscribes the token's app. An override moves this account's `messages` webhooks elsewhere; subscribing without one takes it back. */
  async subscribe(wabaId: string, override?: { readonly callbackUrl: string; readonly verifyToken: string }): Promise<void> {
    const json = override ? { override_callback_uri: override.callbackUrl, verify_token: override.verifyToken } : {};
    await this.graph.call({ method: 'POST', path: at(wabaId, 'subscribed_apps'), json, wabaId });
  }

  async unsubscribe(wabaId: string): Promise<void> {
    await this.graph.call({ method: 'DELETE', path: at(wabaId, 'subscribed_apps'), wabaId });
  }

  async getAppSubscriptions(): Promise<readonly wire.AppSubscription[]> {
    return app.getAppSubscriptions(this.graph, this.appId());
  }

  /** One callback per app: this replaces the one there was. */
  async setAppSubscription(callback: AppCallback): Promise<void> {
    return app.setAppSubscription(this.graph, this.appId(), callback);
  }

  async deleteAppSubscription(): Promise<void> {
    return app.deleteAppSubscription(this.graph, this.appId());
  }

  // Tokens

  /** What a token may do and until when. Asks as the app where id and secret are configured. */
  debugToken(token: string): Promise<wire.TokenInfo> {
    return app.debugToken(this.graph, token, this.appToken() === undefined ? 'bearer' : 'app');
  }

  /** Exchanges a system-user token that expires for one that lives 60 days more. */
  async refreshToken(token: string): Promise<app.RefreshedToken> {
    return app.refreshToken(this.graph, { id: this.appId(), secret: this.options.appSecret }, token, this.clock);
  }

  // Connections

  /** Opens connections before they are needed, so that the first seconds of a window do not pay for TLS. Returns how many answered. */
  warm(connections: number): Promise<number> {
    return this.pools.warm(this.origin, connections);
  }

  async close(): Promise<void> {
    await this.pools.close();
  }

  private appId(): string {
    if (this.options.appId === undefined) throw drop('No app id is configured.');
    return this.options.appId;
  }

  /** Some calls are the app's own. */
  private appToken(): string | undefined {
    const { appId, appSecret } = this.options;
    return appId === undefined || appSecret === undefined ? undefined : `${appId}|${appSecret}`;
  }
}
