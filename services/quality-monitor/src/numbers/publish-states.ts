import { topics } from '@daybreak/contracts';
import { Database } from '@daybreak/database';
import { Outbox } from '@daybreak/event-bus';
import type { Clock } from '@daybreak/kernel';
import { metrics, type Logger } from '@daybreak/observability';
import { SHARD_STATE_NAMES } from '@daybreak/shards';
import type { NumberRepository } from '../store/number.repository.js';
import type { WabaRepository } from '../store/waba.repository.js';
import { foldNumber, RECENT_MS, type NumberState } from './fold-number.js';
import { foldWaba, type WabaStateValue } from './fold-waba.js';
import { alertOfNumber, alertOfWaba } from './halt-alerts.js';
import { toShardState, toWabaState } from './states.mapper.js';

const RATINGS: Readonly<Record<string, number>> = { GREEN: 3, YELLOW: 2, RED: 1 };

/** Folds what is known into one absolute state per number and WABA, and publishes those that changed. */
export class PublishStates {
  constructor(
    private readonly database: Database,
    private readonly numbers: NumberRepository,
    private readonly wabas: WabaRepository,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async changed(): Promise<void> {
    const nowMs = Math.floor(this.clock.nowMs());
    const at = new Date(nowMs);
    await this.wabas.liftExpired(at);
    await this.database.transaction(async (tx) => {
      for (const waba of await this.wabas.lockAll(tx)) {
        const state = foldWaba(waba);
        if (sameWaba(waba.published, state)) continue;
        const version = waba.version + 1;
        await this.wabas.savePublished(tx, waba.wabaId, state, version, at);
        await this.outbox.add(tx, topics.wabaState, [toWabaState(waba, state, version, nowMs)]);
        await this.outbox.add(tx, topics.alertRaised, alertOfWaba(waba.wabaId, waba.published, state, nowMs));
        this.logger.info({ waba_id: waba.wabaId, mode: state.mode, reason: state.reason }, 'the state of a WABA changed');
      }
      for (const number of await this.numbers.lockAll(tx, new Date(nowMs - RECENT_MS))) {
        const state = foldNumber(number.facts, nowMs);
        show(number.shardId, number.facts.qualityRating, state);
        if (sameNumber(number.published, state)) continue;
        const version = number.version + 1;
        await this.numbers.savePublished(tx, number.shardId, state, version, at);
        await this.outbox.add(tx, topics.shardState, [toShardState(number, state, version, nowMs)]);
        const { shardId, facts } = number;
        await this.outbox.add(tx, topics.alertRaised, alertOfNumber({ shardId, ...facts }, number.published, state, nowMs));
        this.logger.info({ shard_id: number.shardId, mode: state.mode, reason: state.reason }, 'the state of a shard changed');
      }
    });
  }

  /** Numbers that left the registry are gone for everyone. */
  async forget(shardIds: readonly string[]): Promise<void> {
    if (shardIds.length > 0) await this.database.transaction((tx) => this.outbox.tombstone(tx, topics.shardState, shardIds));
  }
}

const sameWaba = (a: WabaStateValue | undefined, b: WabaStateValue): boolean =>
  a !== undefined && a.mode === b.mode && a.reason === b.reason && a.messagingLimit === b.messagingLimit;

const sameNumber = (a: NumberState | undefined, b: NumberState): boolean =>
  a !== undefined &&
  a.mode === b.mode &&
  a.reason === b.reason &&
  a.allowedRate === b.allowedRate &&
  a.dailyCap === b.dailyCap &&
  a.hourlyCap === b.hourlyCap &&
  a.untilMs === b.untilMs;

function show(shardId: string, rating: string | null, state: NumberState): void {
  metrics.phoneQualityRating.set({ shard_id: shardId }, RATINGS[rating ?? ''] ?? 0);
  metrics.shardAllowedRate.set({ shard_id: shardId }, state.allowedRate);
  for (const name of SHARD_STATE_NAMES) metrics.shardState.set({ shard_id: shardId, state: name }, name === state.mode ? 1 : 0);
}
