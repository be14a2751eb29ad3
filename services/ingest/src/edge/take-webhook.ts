import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { parseWebhook, verifySignature, type WebhookEvent } from '@daybreak/cloud-api';
import { CLOCK, CONFIG } from '@daybreak/config';
import { DeadLetterSchema, topics } from '@daybreak/contracts';
import { isAppError, newEventId, type Clock } from '@daybreak/kernel';
import { LOGGER, metrics, type Logger } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import { nameOf, type DeskSlip } from '../consent/desk-slip.js';
import { RecordSlips, type WhoIsWho } from '../consent/record-slips.js';
import type { IngestConfig } from '../ingest.config.js';
import { PersonalData } from '../people/personal-data.js';
import { recordOf, type EdgeRecord } from './edge-record.js';
import { HandOver, type HandedTo } from './hand-over.js';
import { toInboundReceived } from './inbound-received.mapper.js';
import { BufferFull, MicroBatch } from './micro-batch.js';
import { splitWebhook } from './split-webhook.js';

/** What the caller is told. Meta repeats everything but a 200 for days. */
export interface WebhookAnswer {
  readonly status: 200 | 401 | 503;
  readonly result: 'accepted' | 'spooled' | 'bad_signature' | 'malformed' | 'unavailable';
}

const UNAVAILABLE: WebhookAnswer = { status: 503, result: 'unavailable' };

/** Most events of one request to Kafka, and most slips of one transaction. */
const HAND_OVER_EVENTS = 2_000;
const DESK_SLIPS = 500;

/**
 * One webhook, from its bytes to the answer: signed by Meta, split into events, what people said in Postgres, everything in Kafka (or in
 * the spool), then 200. Concurrent webhooks share transactions and requests.
 */
@Injectable()
export class TakeWebhook {
  private readonly desk: MicroBatch<DeskSlip, WhoIsWho>;
  private readonly handOver: MicroBatch<EdgeRecord, HandedTo>;

  constructor(
    handOver: HandOver,
    desk: RecordSlips,
    private readonly personal: PersonalData,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CONFIG) private readonly config: Pick<IngestConfig, 'WEBHOOK_APP_SECRETS' | 'WEBHOOK_BUFFER_EVENTS' | 'CONSENT_TIME_ZONE'>,
  ) {
    const maxWaiting = config.WEBHOOK_BUFFER_EVENTS;
    const waiting = (lane: string) => (items: number) => metrics.webhookBuffered.set({ lane }, items);
    this.desk = new MicroBatch((slips) => desk.all(slips), {
      maxItems: DESK_SLIPS,
      maxWaiting,
      onWaiting: waiting('desk'),
    });
    this.handOver = new MicroBatch((records) => handOver.all(records), {
      maxItems: HAND_OVER_EVENTS,
      maxWaiting,
      onWaiting: waiting('kafka'),
    });
  }

  async take(raw: Buffer, signature: string | undefined): Promise<WebhookAnswer> {
    if (!verifySignature(raw, signature, this.config.WEBHOOK_APP_SECRETS)) return { status: 401, result: 'bad_signature' };
    try {
      const events = this.read(raw);
      if (events === undefined) return await this.setAside(raw);
      return await this.carry(events);
    } catch (error) {
      if (!(error instanceof BufferFull)) this.logger.error({ err: error }, 'a webhook could not be kept; Meta will send it again');
      return UNAVAILABLE;
    }
  }

  /** Resolves once every webhook that was taken is with somebody durable. */
  async idle(): Promise<void> {
    await this.desk.idle();
    await this.handOver.idle();
  }

  private async carry(events: readonly WebhookEvent[]): Promise<WebhookAnswer> {
    const { personal } = this;
    const nowMs = Math.floor(this.clock.nowMs()); // protobuf's instants take no fractions
    const split = splitWebhook(events, { personal, nowMs, tz: this.config.CONSENT_TIME_ZONE });
    count(events, split.slips, nowMs);
    const known = split.slips.length === 0 ? undefined : await this.record(split.slips);
    for (const { message, who } of split.inbound) {
      split.records.push(recordOf(topics.inboundReceived, toInboundReceived(message, known?.get(nameOf(who)) ?? '', personal, nowMs)));
    }
    if (split.records.length === 0) return { status: 200, result: 'accepted' };
    const handedTo = await this.handOver.add(split.records, { urgent: split.inbound.length > 0 });
    return { status: 200, result: handedTo === 'kafka' ? 'accepted' : 'spooled' };
  }

  /** A change of consent has to be committed; who it was that wrote may stay open while Postgres is away. */
  private async record(slips: readonly DeskSlip[]): Promise<WhoIsWho | undefined> {
    try {
      return await this.desk.add(slips);
    } catch (error) {
      if (slips.some((slip) => slip.kind !== 'who')) throw error;
      this.logger.warn({ err: error }, 'who wrote could not be looked up');
      return undefined;
    }
  }

  private read(raw: Buffer): readonly WebhookEvent[] | undefined {
    try {
      return parseWebhook(raw);
    } catch (error) {
      if (isAppError(error)) return undefined;
      throw error;
    }
  }

  /** Signed, but no JSON: sending it again would not help. Kept, sealed whole, for people to look at. */
  private async setAside(raw: Buffer): Promise<WebhookAnswer> {
    const letter = create(DeadLetterSchema, {
      topic: 'webhook',
      consumerGroup: 'ingest',
      reason: 'undecodable',
      detail: 'A signed webhook is not JSON.',
      eventId: newEventId(),
      value: this.personal.sealUpdate(raw),
      valueSealed: true,
      failedAt: timestampFromMs(Math.floor(this.clock.nowMs())),
    });
    await this.handOver.add([recordOf(topics.deadLetter, letter)]);
    return { status: 200, result: 'malformed' };
  }
}

function count(events: readonly WebhookEvent[], slips: readonly DeskSlip[], nowMs: number): void {
  for (const slip of slips) if (slip.kind === 'signal' && slip.signal.confirm) metrics.inboundCommands.inc({ command: slip.signal.change });
  for (const event of events) {
    metrics.webhookEvents.inc({ kind: event.kind });
    if (event.kind === 'status') {
      if (event.occurredAtMs !== null) metrics.webhookEventLag.observe({ kind: 'status' }, Math.max(0, nowMs - event.occurredAtMs) / 1_000);
      if (event.knownStatus === null) metrics.webhookUnknown.inc({ what: 'status' });
    } else if (event.kind === 'unknown') metrics.webhookUnknown.inc({ what: 'field' });
  }
}
