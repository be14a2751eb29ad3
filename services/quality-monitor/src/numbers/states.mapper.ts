import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { ShardMode, ShardRole, ShardStateSchema, WabaMode, WabaStateSchema, type ShardState, type WabaState } from '@daybreak/contracts';
import type { ShardStateName } from '@daybreak/shards';
import type { MonitoredNumber } from '../store/number.repository.js';
import type { MonitoredWaba } from '../store/waba.repository.js';
import { DEFAULT_THROUGHPUT_MPS, type NumberState } from './fold-number.js';
import type { WabaStateValue } from './fold-waba.js';

const MODES: Readonly<Record<ShardStateName, ShardMode>> = {
  active: ShardMode.ACTIVE,
  throttled: ShardMode.THROTTLED,
  cooldown: ShardMode.COOLDOWN,
  paused: ShardMode.PAUSED,
  warming: ShardMode.WARMING,
  standby: ShardMode.STANDBY,
  halted: ShardMode.HALTED,
};

export const toShardState = (number: MonitoredNumber, state: NumberState, version: number, atMs: number): ShardState =>
  create(ShardStateSchema, {
    shardId: number.shardId,
    phoneNumberId: number.phoneNumberId,
    wabaId: number.wabaId,
    businessPortfolioId: number.businessPortfolioId,
    role: number.facts.role === 'primary' ? ShardRole.PRIMARY : ShardRole.STANDBY,
    mode: MODES[state.mode],
    allowedRate: state.allowedRate,
    dailyCap: BigInt(state.dailyCap),
    hourlyCap: BigInt(state.hourlyCap),
    throughputMps: number.facts.throughputMps ?? DEFAULT_THROUGHPUT_MPS,
    ...(state.untilMs === null ? {} : { until: timestampFromMs(state.untilMs) }),
    reason: state.reason,
    qualityRating: number.facts.qualityRating ?? 'UNKNOWN',
    changedAt: timestampFromMs(atMs),
    version: BigInt(version),
    weight: number.facts.role === 'primary' ? number.weight : 0,
    displaySuffix: number.displaySuffix,
  });

export const toWabaState = (waba: MonitoredWaba, state: WabaStateValue, version: number, atMs: number): WabaState =>
  create(WabaStateSchema, {
    wabaId: waba.wabaId,
    businessPortfolioId: waba.businessPortfolioId,
    mode: state.mode === 'active' ? WabaMode.ACTIVE : WabaMode.HALTED,
    reason: state.reason,
    portfolioMessagingLimit: BigInt(state.messagingLimit),
    changedAt: timestampFromMs(atMs),
    version: BigInt(version),
  });
