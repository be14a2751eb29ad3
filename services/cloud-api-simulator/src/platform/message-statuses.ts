import type { SeededRandom } from '@daybreak/kernel';
import type { About, WebhookUpdate } from '../outbound/webhook-update.js';
import type { LiveSettings } from '../settings/settings.js';
import { businessScopedUserId } from './business-scoped-user-id.js';
import { titleOf } from './graph-error.js';
import type { Failure, Message, MessageEvent, MessageStatus } from './message.js';
import type { QualityWatch } from './quality-watch.js';

export interface StatusDeps {
  readonly live: () => LiveSettings;
  readonly publish: (update: WebhookUpdate, random: SeededRandom) => void;
  readonly quality: QualityWatch;
  readonly newId: () => string;
}

/** A message reached a status: remembered, counted, told to the apps. */
export class MessageStatuses {
  constructor(private readonly deps: StatusDeps) {}

  /** @param silent it happened, but no webhook says so */
  reached(message: Message, status: MessageStatus, atMs: number, random: SeededRandom, silent = false): void {
    message.status = status;
    if (status === 'delivered') this.delivered(message, atMs);
    if (status === 'read') this.deps.quality.onRead(message, atMs);
    if (!silent) this.publish(message, status, atMs, random);
  }

  failed(message: Message, reason: Failure, atMs: number, random: SeededRandom): void {
    message.status = 'failed';
    this.publish(message, 'failed', atMs, random, reason);
  }

  private delivered(message: Message, atMs: number): void {
    this.deps.quality.onDelivered(message, atMs);
    if (message.pricing.type === 'regular') message.number.waba.portfolio.limit.delivered(message.to, atMs);
  }

  private publish(message: Message, status: MessageStatus, atMs: number, random: SeededRandom, reason?: Failure): void {
    const event: MessageEvent = { id: this.deps.newId(), status, atMs, webhook: 'PENDING' };
    message.events.push(event);
    const about: About = {
      to: message.to,
      reference: message.reference,
      wamid: message.wamid,
      status,
      template: message.template?.name,
      language: message.template?.language,
      ...(reason === undefined ? {} : { code: reason.code }),
    };
    const value = { contacts: [this.contact(message)], statuses: [this.status(message, status, atMs, reason)] };
    const { number } = message;
    this.deps.publish(
      { wabaId: number.waba.id, field: 'messages', number, value, atMs, about, onPosted: (state) => (event.webhook = state) },
      random,
    );
  }

  private contact(message: Message): Record<string, unknown> {
    const waId = message.to.slice(1);
    return this.deps.live().webhooks.businessScopedUserIds
      ? { wa_id: waId, user_id: businessScopedUserId(message.number.waba.portfolio.id, message.to) }
      : { wa_id: waId };
  }

  private status(message: Message, status: MessageStatus, atMs: number, reason?: Failure): Record<string, unknown> {
    const priced =
      status === 'sent' || status === 'delivered' || (status === 'read' && !message.events.some((e) => e.status === 'delivered'));
    return {
      id: message.wamid,
      status,
      timestamp: String(Math.floor(atMs / 1_000)),
      recipient_id: message.to.slice(1),
      ...(this.deps.live().webhooks.businessScopedUserIds
        ? { recipient_user_id: businessScopedUserId(message.number.waba.portfolio.id, message.to) }
        : {}),
      ...(message.reference === undefined ? {} : { biz_opaque_callback_data: message.reference }),
      ...(priced ? { pricing: message.pricing } : {}),
      ...(reason === undefined ? {} : { errors: [statusError(reason)] }),
    };
  }
}

/** `statuses[].errors[]`: title and message are the same. */
const statusError = ({ code, details }: Failure): Record<string, unknown> => ({
  code,
  title: titleOf(code),
  message: titleOf(code),
  error_data: { details },
  href: 'https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/',
});
