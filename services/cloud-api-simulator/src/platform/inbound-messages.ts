import type { Clock, SeededRandom } from '@daybreak/kernel';
import type { WebhookUpdate } from '../outbound/webhook-update.js';
import type { LiveSettings } from '../settings/settings.js';
import type { Ledger } from '../store/ledger.js';
import type { PhoneNumber } from './accounts.js';
import { businessScopedUserId } from './business-scoped-user-id.js';
import type { Recipients } from './recipients.js';
import { incomingWamid } from './wamid.js';

export interface InboundContent {
  readonly text?: string | undefined;
  /** A template's quick-reply button. */
  readonly button?: { readonly text: string; readonly payload: string; readonly context?: string | undefined } | undefined;
  /** A button or a row of an interactive message. */
  readonly interactive?:
    | { readonly kind: 'button_reply' | 'list_reply'; readonly id: string; readonly title: string; readonly context?: string | undefined }
    | undefined;
  /** A message of any other shape: merged into `messages[0]` as it is, `type` included. */
  readonly raw?: Readonly<Record<string, unknown>> | undefined;
}

export interface InboundDeps {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly live: () => LiveSettings;
  readonly recipients: Recipients;
  readonly publish: (update: WebhookUpdate, random: SeededRandom) => void;
  /** Never repeats. */
  readonly unique: () => string;
}

const REMEMBERED = 200_000; // a receipt for an older one is refused as for one that never was

/** People who write to a number: opens their service window, counts as throughput, and is told to the apps. */
export class InboundMessages {
  /** Number ids by wamid, the oldest first. */
  private readonly received = new Map<string, string>();

  constructor(private readonly deps: InboundDeps) {}

  /** Whether somebody wrote this message to the number: what a read receipt must be about. */
  hasReceived(wamid: string, number: PhoneNumber): boolean {
    return this.received.get(wamid) === number.id;
  }

  receive(
    message: { readonly from: string; readonly number: PhoneNumber; readonly atMs: number; readonly content: InboundContent },
    random: SeededRandom,
  ): string {
    const { from, number, atMs, content } = message;
    const { ledger, recipients, publish, unique } = this.deps;
    const wamid = incomingWamid(from, unique());
    this.remember(wamid, number);
    number.throughput.count(atMs);
    recipients.openServiceWindow(from, number.id, atMs);
    const shaped = shape(content, number);
    ledger.write({
      kind: 'inbound',
      phone_number_id: number.id,
      waba_id: number.waba.id,
      from,
      wamid,
      type: String(shaped['type']),
      text: wordsOf(content),
      accepted: true,
    });
    const item = {
      from: from.slice(1),
      ...this.userId(number, from, 'from_user_id'),
      id: wamid,
      timestamp: String(Math.floor(atMs / 1_000)),
      ...shaped,
    };
    const contact = { profile: { name: 'WhatsApp User' }, wa_id: from.slice(1), ...this.userId(number, from, 'user_id') };
    publish(
      {
        wabaId: number.waba.id,
        field: 'messages',
        number,
        value: { contacts: [contact], messages: [item] },
        atMs,
        about: { from, wamid, status: 'inbound' },
      },
      random,
    );
    return wamid;
  }

  private remember(wamid: string, number: PhoneNumber): void {
    this.received.set(wamid, number.id);
    if (this.received.size <= REMEMBERED) return;
    for (const oldest of this.received.keys()) {
      this.received.delete(oldest);
      return;
    }
  }

  /** The person stopped or resumed marketing in WhatsApp's own menu. */
  prefer(from: string, number: PhoneNumber, value: 'stop' | 'resume', atMs: number, random: SeededRandom): void {
    const { ledger, recipients, publish } = this.deps;
    recipients.of(from).optedOut = value === 'stop';
    ledger.write({
      kind: 'inbound',
      phone_number_id: number.id,
      waba_id: number.waba.id,
      from,
      type: 'user_preferences',
      text: value,
      accepted: true,
    });
    const detail = `User requested to ${value} marketing messages`;
    const preference = {
      wa_id: from.slice(1),
      ...this.userId(number, from, 'user_id'),
      detail,
      category: 'marketing_messages',
      value,
      timestamp: Math.floor(atMs / 1_000),
    };
    const contact = { profile: { name: 'WhatsApp User' }, wa_id: from.slice(1), ...this.userId(number, from, 'user_id') };
    publish(
      {
        wabaId: number.waba.id,
        field: 'user_preferences',
        number,
        value: { contacts: [contact], user_preferences: [preference] },
        atMs,
        about: { from, status: value },
      },
      random,
    );
  }

  private userId(number: PhoneNumber, from: string, key: string): Record<string, string> {
    return this.deps.live().webhooks.businessScopedUserIds ? { [key]: businessScopedUserId(number.waba.portfolio.id, from) } : {};
  }
}

function shape(content: InboundContent, number: PhoneNumber): Record<string, unknown> {
  const quoting = (wamid: string | undefined): Record<string, unknown> =>
    wamid === undefined ? {} : { context: { from: number.displayDigits, id: wamid } };
  if (content.text !== undefined) return { type: 'text', text: { body: content.text } };
  if (content.button !== undefined)
    return { ...quoting(content.button.context), type: 'button', button: { payload: content.button.payload, text: content.button.text } };
  if (content.interactive !== undefined) {
    const { kind, id, title, context } = content.interactive;
    return { ...quoting(context), type: 'interactive', interactive: { type: kind, [kind]: { id, title } } };
  }
  return { ...content.raw };
}

const wordsOf = (content: InboundContent): string | undefined => content.text ?? content.button?.payload ?? content.interactive?.id;
