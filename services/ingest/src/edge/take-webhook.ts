import { parseWebhook, signatureCheck, type SignatureCheck, type WebhookEvent } from '@daybreak/cloud-api';
import { CONFIG } from '@daybreak/config';
import { isAppError } from '@daybreak/kernel';
import { LOGGER, metrics, type Logger } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import { nameOf, type DeskSlip } from '../consent/desk-slip.js';
import { RecordSlips, type Committed, type OnKnown, type WhoIsWho } from '../consent/record-slips.js';
import type { IngestConfig } from '../ingest.config.js';
import type { EdgeRecord } from './edge-record.js';
import { HandOver, type HandedTo } from './hand-over.js';
import { BufferFull, MicroBatch } from './micro-batch.js';
import { SplitWebhooks } from './split-webhook.js';
import { Turnstile } from './turnstile.js';
import { WebhookCounts } from './webhook-counts.js';

/** What the caller is told. Meta repeats everything but a 200 for days. */
export interface WebhookAnswer {
  readonly status: 200 | 401 | 503;
  readonly result: 'accepted' | 'spooled' | 'bad_signature' | 'malformed' | 'unavailable';
}

/** A slip, and who waits to hear whom it is about. */
interface DeskEntry {
  readonly slip: DeskSlip;
  readonly onKnown: OnKnown;
}

/** What people said in one webhook, on its way into Postgres. */
interface Recording {
  /** Who is who. Rejects when it could not be asked, and has to be known. */
  readonly known: Promise<WhoIsWho>;
  /** Resolves once it is committed and the senders have been told: from the acknowledgement on no message may start for somebody who said STOP. */
  readonly isOver: Promise<unknown>;
}

const NOTHING_SAID: Recording = { known: Promise.resolve(new Map()), isOver: Promise.resolve() };

const UNAVAILABLE: WebhookAnswer = { status: 503, result: 'unavailable' };

/** Most events of one request to Kafka, and most slips of one transaction. */
const HAND_OVER_EVENTS = 2_000;
const MIB = 1_048_576;
const DESK_SLIPS = 500;
/** A transaction or a request costs about the same for one as for ten, and Meta waits for seconds. */
const SPACING_MS = 10;
const ENOUGH = 16;
/** Webhooks read in one turn of the event loop: some milliseconds of it. */
const READ_PER_TURN = 8;

/**
 * One webhook, from its bytes to the answer: signed by Meta, split into events, what people said in Postgres, everything in Kafka (or in
 * the spool), then 200. Kafka gets what somebody wrote once Postgres has named them, beside the commit. Concurrent webhooks share
 * transactions and requests.
 */
@Injectable()
export class TakeWebhook {
  private readonly isSigned: SignatureCheck;
  private readonly turnstile: Turnstile;
  private readonly desk: MicroBatch<DeskEntry, Committed>;
  private readonly handOver: MicroBatch<EdgeRecord, HandedTo>;

  constructor(
    handOver: HandOver,
    desk: RecordSlips,
    private readonly splitter: SplitWebhooks,
    private readonly counts: WebhookCounts,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CONFIG) config: Pick<IngestConfig, 'WEBHOOK_APP_SECRETS' | 'WEBHOOK_BUFFER_EVENTS' | 'WEBHOOK_BUFFER_MIB'>,
  ) {
    this.isSigned = signatureCheck(config.WEBHOOK_APP_SECRETS);
    this.turnstile = new Turnstile(READ_PER_TURN, config.WEBHOOK_BUFFER_MIB * MIB);
    const room = {
      spacingMs: SPACING_MS,
      enough: ENOUGH,
      maxWaiting: config.WEBHOOK_BUFFER_EVENTS,
      maxWaitingBytes: config.WEBHOOK_BUFFER_MIB * MIB,
    };
    const waiting = (lane: string) => (items: number) => metrics.webhookBuffered.set({ lane }, items);
    this.desk = new MicroBatch(
      (entries) =>
        desk.all(
          entries.map(({ slip }) => slip),
          (known) => entries.forEach(({ onKnown }) => onKnown(known)),
        ),
      { maxItems: DESK_SLIPS, ...room, onWaiting: waiting('desk') },
    );
    this.handOver = new MicroBatch((records) => handOver.all(records), {
      maxItems: HAND_OVER_EVENTS,
      ...room,
      onWaiting: waiting('kafka'),
    });
  }

  async take(raw: Buffer, signature: string | undefined): Promise<WebhookAnswer> {
    if (!this.isSigned(raw, signature)) return { status: 401, result: 'bad_signature' }; // at once: what is forged takes nobody's place
    try {
      await this.turnstile.pass(raw.length);
      const events = this.read(raw);
      if (events !== undefined) {
        const answer = await this.carry(events, raw.length);
        this.counts.kept(events);
        return answer;
      }
      await this.desk.add([{ slip: this.splitter.undecodable(raw), onKnown: () => undefined }], { bytes: raw.length });
      return { status: 200, result: 'malformed' };
    } catch (error) {
      if (!(error instanceof BufferFull)) this.logger.error({ err: error }, 'a webhook could not be kept; Meta will send it again');
      return UNAVAILABLE;
    }
  }

  /** @param bytes of the body: what its events take while they wait, about */
  private async carry(events: readonly WebhookEvent[], bytes: number): Promise<WebhookAnswer> {
    const split = this.splitter.split(events);
    this.counts.count(events, split.slips, split.observedAtMs);
    const recording = split.slips.length === 0 ? NOTHING_SAID : this.record(split.slips, bytes);
    const known = await recording.known;
    const received = split.inbound.map((part) => this.splitter.received(part, known.get(nameOf(part.who)) ?? ''));
    const records = [...received, ...split.records];
    const [handedTo] = await Promise.all([
      records.length === 0 ? 'kafka' : this.handOver.add(records, { urgent: received.length > 0, bytes }),
      recording.isOver,
    ]);
    return { status: 200, result: handedTo === 'kafka' ? 'accepted' : 'spooled' };
  }

  /** A change of consent has to be committed; who it was that wrote may stay open while Postgres is away. */
  private record(slips: readonly DeskSlip[], bytes: number): Recording {
    const known = Promise.withResolvers<WhoIsWho>();
    const entries = slips.map((slip) => ({ slip, onKnown: known.resolve }));
    const recorded = this.desk.add(entries, { urgent: slips.some((slip) => slip.kind === 'signal'), bytes });
    const isOver = recorded
      .then(({ sendersTold }) => sendersTold)
      .catch((error: unknown) => {
        if (slips.some((slip) => slip.kind !== 'who')) throw error;
        this.logger.warn({ err: error }, 'who wrote could not be looked up');
        known.resolve(new Map());
      });
    isOver.catch(known.reject); // once it is known, that is no news
    return { known: known.promise, isOver };
  }

  private read(raw: Buffer): readonly WebhookEvent[] | undefined {
    try {
      return parseWebhook(raw);
    } catch (error) {
      if (isAppError(error)) return undefined;
      throw error;
    }
  }
}
