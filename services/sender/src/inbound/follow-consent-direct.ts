import { CONFIG } from '@daybreak/config';
import { CONSENT_STATES } from '@daybreak/consent';
import { resourceName } from '@daybreak/event-bus';
import { LOGGER, type Logger } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import type { Cluster, Redis } from 'ioredis';
import type { SenderConfig } from '../sender.config.js';
import { TakeConsent } from '../states/take-consent.js';
import type { ToldConsent, Erasure } from '../states/told-consent.js';

const BLOCK_MS = 2_000;
const AT_ONCE = 1_000;
const RETRY_MS = 500;
/** Least time between two writes, real ms: in a storm of STOPs they share a statement, and most of them another pod has written by then. */
const WRITE_SPACING_MS = 200;

/** How long a pod that starts waits for what was said before; then Kafka, or a later look at the stream, has to tell. Real ms. */
const CATCH_UP_MS = 5_000;

/** A connection of its own: its reads block. */
export const CONSENT_REDIS = Symbol('redis of the direct path of consent');

/**
 * The one declared short cut between two services: ingest writes every change of consent to a Redis stream too, so that a STOP holds while Kafka is
 * away. Every pod reads all of it (each needs it in memory), from its beginning, which is a day's worth. Versions make reading twice harmless;
 * an erasure is an entry too, for what erased people said before goes on lying in the stream.
 */
@Injectable()
export class FollowConsentDirect {
  private readonly stream: string;
  private lastId = '0';
  /** Erasures that were read: their versions, by recipient. What was said before one is not taken, wherever it lies. */
  private readonly erased = new Map<string, number>();
  /** Heard, and not in the table yet. */
  private unwritten: ToldConsent[] = [];
  /** `performance.now()` before which nothing is written. */
  private writeAtMonoMs = 0;
  /** A write under way; nobody waits for it but an erasure. */
  private writing: Promise<void> | undefined;
  private stopped = false;
  private isCaughtUp = false;
  private following: Promise<void> | undefined;
  private markCaughtUp: () => void = () => undefined;

  constructor(
    @Inject(CONFIG) config: Pick<SenderConfig, 'NAMESPACE'>,
    @Inject(CONSENT_REDIS) private readonly redis: Redis | Cluster,
    private readonly take: TakeConsent,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.stream = resourceName(config.NAMESPACE, 'consent-direct');
    this.redis.on('error', (error: Error) =>
      this.logger.warn({ err: error }, 'the direct path of consent is away; Kafka carries the same changes'),
    );
  }

  /** Resolves when all that lay in the stream is known, or Redis has not said so in time: a STOP from before the start must hold before anything is sent. */
  async start(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(true), CATCH_UP_MS)));
    const caughtUp = new Promise<boolean>((resolve) => (this.markCaughtUp = () => resolve(false)));
    this.following = this.follow();
    const isLate = await Promise.race([caughtUp, late]);
    clearTimeout(timer);
    if (isLate) this.logger.warn('the direct path of consent could not be read before the start; Kafka carries the same changes');
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.redis.disconnect();
    await this.following;
    await this.writing;
  }

  private async follow(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.next();
      } catch (error) {
        if (this.stopped) return;
        this.logger.warn({ err: error }, 'a change of consent on the direct path could not be taken; trying again');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /** What comes holds in this pod at once; the table has it soon after. */
  private async next(): Promise<void> {
    const answer = this.isCaughtUp
      ? await this.redis.xread('COUNT', AT_ONCE, 'BLOCK', this.patienceMs(), 'STREAMS', this.stream, this.lastId)
      : await this.redis.xread('COUNT', AT_ONCE, 'STREAMS', this.stream, this.lastId);
    const entries = answer?.[0]?.[1] ?? [];
    const words = entries.flatMap(([, fields]) => wordOf(fields) ?? []);
    const erasures = words.filter((word) => !isRow(word));
    for (const { recipientId, version } of erasures) this.erased.set(recipientId, Math.max(version, this.erased.get(recipientId) ?? 0));
    const rows = words.filter(isRow).filter((row) => this.isStanding(row));
    this.take.heard(rows);
    if (erasures.length > 0) await this.writing; // what it writes of them would come after their erasure
    await this.take.erasedAsOf(erasures);
    this.unwritten.push(...rows);
    this.lastId = entries.at(-1)?.[0] ?? this.lastId;
    if (!this.isCaughtUp) await this.write();
    else if (this.unwritten.length > 0 && performance.now() >= this.writeAtMonoMs) this.writing ??= this.writeBeside();
    if (answer !== null) return;
    this.isCaughtUp = true;
    this.markCaughtUp();
    await this.startOverIfFlushed();
  }

  /** Never rejects. A database that does not answer must not keep this pod from hearing the next STOP. */
  private async writeBeside(): Promise<void> {
    try {
      await this.write();
      this.writeAtMonoMs = performance.now() + WRITE_SPACING_MS;
    } catch (error) {
      this.logger.warn({ err: error }, 'changes of consent hold in this pod, but cannot be written yet');
      this.writeAtMonoMs = performance.now() + RETRY_MS;
    }
    this.writing = undefined;
  }

  private async write(): Promise<void> {
    const rows = this.unwritten.filter((row) => this.isStanding(row)); // an erasure may have come since
    this.unwritten = [];
    if (rows.length === 0) return;
    try {
      await this.take.changed(rows);
    } catch (error) {
      this.unwritten.unshift(...rows);
      throw error;
    }
  }

  /** Not said before its recipient was erased. */
  private isStanding({ recipientId, version }: ToldConsent): boolean {
    return version > (this.erased.get(recipientId) ?? -1);
  }

  /** How long to wait for the next word; not at all would mean for ever. */
  private patienceMs(): number {
    if (this.unwritten.length === 0) return BLOCK_MS;
    return this.writing === undefined ? Math.max(1, Math.ceil(this.writeAtMonoMs - performance.now())) : WRITE_SPACING_MS;
  }

  /** A Redis that lost its stream starts counting again: ids that come now may lie before the last one read. */
  private async startOverIfFlushed(): Promise<void> {
    if (this.lastId !== '0' && (await this.redis.exists(this.stream)) === 0) this.lastId = '0';
  }
}

const isRow = (word: ToldConsent | Erasure): word is ToldConsent => 'state' in word;

/** Undefined for an entry that says nothing we understand. */
function wordOf(fields: readonly string[]): ToldConsent | Erasure | undefined {
  const entry = new Map<string, string>();
  for (let i = 0; i + 1 < fields.length; i += 2) entry.set(fields[i] as string, fields[i + 1] as string);
  const recipientId = entry.get('recipient_id');
  const purpose = entry.get('purpose');
  const state = CONSENT_STATES.find((known) => known === entry.get('state'));
  const version = Number(entry.get('version'));
  if (!recipientId || !Number.isSafeInteger(version)) return undefined;
  if (entry.has('erased')) return { recipientId, version };
  if (!purpose || !state) return undefined;
  const untilMs = Number(entry.get('paused_until') || Number.NaN);
  return {
    recipientId,
    purpose,
    state,
    version,
    sinceMs: Number(entry.get('at') ?? 0),
    pausedUntilMs: Number.isFinite(untilMs) ? untilMs : null,
  };
}
