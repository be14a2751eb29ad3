import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { messagingLimitOf, type CloudApiClient } from '@daybreak/cloud-api';
import { ReadinessObservedSchema, ReadinessState, topics, type ReadinessObserved } from '@daybreak/contracts';
import type { EventPublisher } from '@daybreak/event-bus';
import type { Clock } from '@daybreak/kernel';
import type { Logger } from '@daybreak/observability';
import type { AddressKeyer } from '@daybreak/privacy';
import type { NumberRepository } from '../store/number.repository.js';
import type { WabaRepository } from '../store/waba.repository.js';
import type { TokenFact, WatchTokens } from '../tokens/watch-tokens.js';
import { throughputOf } from './fold-number.js';
import type { PublishStates } from './publish-states.js';

const FIELDS = [
  'id',
  'display_phone_number',
  'quality_rating',
  'status',
  'throughput',
  'whatsapp_business_manager_messaging_limit',
  'health_status',
];
const HOUR_MS = 3_600_000;
const TOKEN_STATES: Readonly<Record<TokenFact['state'], ReadinessState>> = {
  ok: ReadinessState.OK,
  degraded: ReadinessState.DEGRADED,
  failed: ReadinessState.FAILED,
  unknown: ReadinessState.UNKNOWN,
};
/** A fact that three rounds did not renew is worth nothing to the readiness gate. */
const STALE_AFTER_ROUNDS = 3;

export interface WatchParts {
  readonly cloudApi: CloudApiClient;
  readonly numbers: NumberRepository;
  readonly wabas: WabaRepository;
  readonly tokens: WatchTokens;
  readonly publisher: EventPublisher;
  readonly states: PublishStates;
  readonly addressKeys: AddressKeyer;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface WatchOptions {
  readonly everyMs: number;
  readonly cooldownHours: number;
}

/** Reads every number and the tokens from the platform. What cannot be read keeps what was known, and says so to the readiness gate. */
export class WatchPlatform {
  private readAtMs = -Infinity;

  constructor(
    private readonly parts: WatchParts,
    private readonly options: WatchOptions,
  ) {}

  /** A round when one is due; sooner while something could not be read. */
  async turn(): Promise<void> {
    if (performance.now() - this.readAtMs < this.options.everyMs) return;
    const startedMs = performance.now();
    if (await this.round()) this.readAtMs = startedMs;
  }

  /** Resolves with whether everything could be read. */
  async round(): Promise<boolean> {
    const facts = await this.tokens(await this.parts.wabas.ids());
    for (const { shardId, phoneNumberId } of await this.parts.numbers.registered()) facts.push(await this.number(shardId, phoneNumberId));
    await this.parts.states.changed();
    await this.parts.publisher.publish(topics.readinessObserved, facts);
    return facts.every((fact) => fact.state !== ReadinessState.UNKNOWN);
  }

  private async number(shardId: string, phoneNumberId: string): Promise<ReadinessObserved> {
    const checkId = `number-connected/${shardId}`;
    try {
      const read = await this.parts.cloudApi.getPhoneNumber(phoneNumberId, FIELDS);
      const nowMs = Math.floor(this.parts.clock.nowMs());
      const digits = (read.display_phone_number ?? '').replaceAll(/\D/g, '');
      await this.parts.numbers.note(
        { phoneNumberId },
        {
          status: read.status ?? 'UNKNOWN',
          qualityRating: read.quality_rating,
          throughputMps: throughputOf(read.throughput?.level) ?? undefined,
          canSendMessage: read.health_status?.can_send_message,
          displaySuffix: digits.slice(-4),
          displayKey: digits === '' ? undefined : this.parts.addressKeys.keyOf(`+${digits}`),
          readAt: new Date(nowMs),
          cooldownUntil: read.quality_rating === 'RED' ? new Date(nowMs + this.options.cooldownHours * HOUR_MS) : undefined,
        },
      );
      await this.noteLimit(phoneNumberId, read.whatsapp_business_manager_messaging_limit);
      const connected = read.status === 'CONNECTED';
      return this.fact(checkId, connected ? ReadinessState.OK : ReadinessState.FAILED, `the platform says ${read.status ?? 'nothing'}`);
    } catch (error) {
      this.parts.logger.warn({ err: error, shard_id: shardId }, 'a number could not be read');
      return this.fact(checkId, ReadinessState.UNKNOWN, 'the number could not be read');
    }
  }

  private async noteLimit(phoneNumberId: string, said: string | undefined): Promise<void> {
    const limit = messagingLimitOf(said);
    if (limit !== null) await this.parts.wabas.noteLimitOfNumber(phoneNumberId, limit);
  }

  private async tokens(wabaIds: readonly string[]): Promise<ReadinessObserved[]> {
    const facts = await this.parts.tokens.facts(wabaIds);
    return [...facts].map(([wabaId, { state, detail }]) => this.fact(`token/${wabaId}`, TOKEN_STATES[state], detail));
  }

  private fact(checkId: string, state: ReadinessState, detail: string): ReadinessObserved {
    const nowMs = Math.floor(this.parts.clock.nowMs());
    return create(ReadinessObservedSchema, {
      checkId,
      state,
      detail,
      observedAt: timestampFromMs(nowMs),
      staleAt: timestampFromMs(Math.floor(nowMs + STALE_AFTER_ROUNDS * this.options.everyMs * this.parts.clock.speed)),
    });
  }
}
