import type { Message } from '@bufbuild/protobuf';
import type { InboundEvent, SystemEvent, UserIdUpdateEvent, UserPreferencesEvent, WebhookEvent } from '@daybreak/cloud-api';
import { CLOCK, CONFIG } from '@daybreak/config';
import { topics, type InboundReceived, type Topic } from '@daybreak/contracts';
import type { Clock } from '@daybreak/kernel';
import { LOGGER, metrics, type Logger } from '@daybreak/observability';
import { e164OfWaId, scrub } from '@daybreak/privacy';
import { Inject, Injectable } from '@nestjs/common';
import { signalOfOrder, signalOfPreference, signalOfStatus } from '../consent/consent-signals.js';
import type { DeskSlip, Who } from '../consent/desk-slip.js';
import { commandOf } from '../consent/inbound-command.js';
import { LearnPeople } from '../consent/learn-people.js';
import type { IngestConfig } from '../ingest.config.js';
import { PersonalData } from '../people/personal-data.js';
import { hasKey, recordOf, type EdgeRecord } from './edge-record.js';
import { toInboundReceived } from './inbound-received.mapper.js';
import { toAccountObserved, toPhoneNumberObserved, toTemplateObserved } from './observed.mapper.js';
import { toStatusObserved } from './status-observed.mapper.js';

/** What somebody wrote, as it is told when nobody we know wrote it. */
export interface InboundPart {
  readonly event: InboundReceived;
  readonly record: EdgeRecord;
  readonly who: Who;
}

/** One webhook, split by where its parts have to go. */
export interface SplitWebhook {
  /** By our clock, epoch ms, whole. */
  readonly observedAtMs: number;
  /** Ready for Kafka. */
  readonly records: EdgeRecord[];
  /** For Kafka too, once the desk has said who wrote. */
  readonly inbound: InboundPart[];
  /** For Postgres, before the acknowledgement. */
  readonly slips: DeskSlip[];
}

interface SplitContext {
  readonly personal: PersonalData;
  readonly nowMs: number;
  /** Zone of the dates that people write. */
  readonly tz: string;
}

/** Takes webhooks apart, and writes what they say of people in the form in which it may go on. */
@Injectable()
export class SplitWebhooks {
  constructor(
    private readonly personal: PersonalData,
    private readonly people: LearnPeople,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CONFIG) private readonly config: Pick<IngestConfig, 'CONSENT_TIME_ZONE'>,
  ) {}

  split(events: readonly WebhookEvent[]): SplitWebhook {
    const nowMs = Math.floor(this.clock.nowMs()); // protobuf's instants take no fractions
    const split: SplitWebhook = { observedAtMs: nowMs, records: [], inbound: [], slips: [] };
    const context = { personal: this.personal, nowMs, tz: this.config.CONSENT_TIME_ZONE };
    for (const event of events) {
      this.hearOfPair(event);
      try {
        place(event, split, context);
      } catch (error) {
        this.logger.error(
          { reason: error instanceof Error ? error.message : '', kind: event.kind },
          'an update cannot be told as an event; it is kept',
        );
        metrics.webhookUnknown.inc({ what: 'event' });
        keep(event, split, context);
      }
    }
    return split;
  }

  /** @param recipientId empty when the desk knows nobody behind the address */
  received({ event, record }: InboundPart, recipientId: string): EdgeRecord {
    return recipientId === '' ? record : recordOf(topics.inboundReceived, { ...event, recipientId });
  }

  /** Who is named by number and by user id in one breath will some day be named by one of them. */
  private hearOfPair(event: WebhookEvent): void {
    const [waId, userId] =
      event.kind === 'status'
        ? [event.recipientWaId, event.recipientUserId]
        : event.kind === 'inbound'
          ? [event.fromWaId, event.fromUserId]
          : [null, null];
    if (waId !== null && userId !== null) this.people.hear(userId, () => this.personal.addressKeyOf(waId));
  }

  /** Signed, but no JSON: sending it again would not help. Kept, sealed whole, for people to look at. */
  undecodable(raw: Buffer): DeskSlip {
    const digest = this.personal.digestOf(raw.toString('latin1'));
    return { kind: 'unhandled', update: { digest, field: 'undecodable', wabaId: '', sealed: this.personal.sealUpdate(raw) } };
  }
}

function place(event: WebhookEvent, split: SplitWebhook, context: SplitContext): void {
  const { personal, nowMs } = context;
  switch (event.kind) {
    case 'status': {
      const observed = toStatusObserved(event, personal, nowMs);
      split.records.push(recordOf(topics.deliveryStatusObserved, observed));
      const signal = signalOfStatus(event, observed.wamidHash, nowMs);
      if (signal) {
        const who: Who = { addressKey: personal.addressKeyOf(event.recipientWaId), userId: event.recipientUserId ?? '' };
        split.slips.push({ kind: 'signal', who, signal });
      }
      return;
    }
    case 'inbound':
      return placeInbound(event, split, context);
    case 'user-preferences':
      return placePreference(event, split, context);
    case 'system':
    case 'user-id-update':
      return placeMove(event, split, context);
    case 'template-status':
    case 'template-quality':
    case 'template-category':
    case 'template-components':
      return placeObserved(event, topics.templateObserved, toTemplateObserved(event, nowMs), split, context);
    case 'phone-number-quality':
    case 'phone-number-name':
    case 'errors':
      return placeObserved(event, topics.phoneNumberObserved, toPhoneNumberObserved(event, personal, nowMs), split, context);
    case 'account-update':
    case 'account-review':
    case 'account-alert':
    case 'business-capability':
    case 'security':
      return placeObserved(event, topics.accountObserved, toAccountObserved(event, nowMs), split, context);
    case 'unknown':
      return keep(event, split, context);
  }
}

/** What names neither template, number nor WABA tells nobody anything; it is kept like what is not understood. */
function placeObserved<T extends Message>(
  event: WebhookEvent,
  topic: Topic<T>,
  observed: T,
  split: SplitWebhook,
  context: SplitContext,
): void {
  if (hasKey(topic, observed)) split.records.push(recordOf(topic, observed));
  else keep(event, split, context);
}

function placeInbound(message: InboundEvent, split: SplitWebhook, { personal, nowMs, tz }: SplitContext): void {
  const hashes = { addressKey: personal.addressKeyOf(message.fromWaId), wamidHash: personal.wamidHashOf(message.wamid) };
  const who: Who = { addressKey: hashes.addressKey, userId: message.fromUserId ?? '' };
  const order = commandOf(message);
  const signal = order && order.kind !== 'pack' && signalOfOrder(message, order, hashes.wamidHash, nowMs, tz);
  split.slips.push(signal ? { kind: 'signal', who, signal } : { kind: 'who', who }); // first: a STOP counts also where its event cannot be told
  const event = toInboundReceived(message, order, hashes, personal, nowMs);
  split.inbound.push({ event, record: recordOf(topics.inboundReceived, event), who });
}

function placePreference(event: UserPreferencesEvent, split: SplitWebhook, context: SplitContext): void {
  const who: Who = { addressKey: context.personal.addressKeyOf(event.waId), userId: event.userId ?? '' };
  const signal = signalOfPreference(event, who.addressKey || who.userId, context.nowMs);
  if (signal) split.slips.push({ kind: 'signal', who, signal });
  else keep(event, split, context);
}

function placeMove(event: SystemEvent | UserIdUpdateEvent, split: SplitWebhook, context: SplitContext): void {
  const { personal } = context;
  const [fromWaId, fromUserId, toWaId, toUserId] =
    event.kind === 'system'
      ? [event.fromWaId, event.fromUserId, event.newWaId, event.newUserId]
      : [event.waId, event.previousUserId, null, event.currentUserId];
  const who: Who = { addressKey: personal.addressKeyOf(fromWaId), userId: fromUserId ?? '' };
  const toE164 = toWaId === null ? undefined : e164OfWaId(toWaId);
  const known = who.addressKey !== '' || who.userId !== '';
  if (!known || (toE164 === undefined && toUserId === null)) return keep(event, split, context);
  const move = { toAddressKey: personal.addressKeyOf(toWaId), toE164: toE164 ?? '', toUserId: toUserId ?? '' };
  split.slips.push({ kind: 'move', who, move });
}

function keep(event: WebhookEvent, split: SplitWebhook, { personal }: SplitContext): void {
  const json = JSON.stringify({ field: event.field, wabaId: event.wabaId, raw: event.raw });
  split.slips.push({
    kind: 'unhandled',
    update: {
      digest: personal.digestOf(json),
      field: scrub(event.field), // in clear, to be counted by; nobody promised that a name we do not know holds no number
      wabaId: scrub(event.wabaId ?? ''),
      sealed: personal.sealUpdate(Buffer.from(json, 'utf8')),
    },
  });
}
