import type { SendWindow } from '@daybreak/timing';
import { STILL_ELIGIBLE } from '../plan/plan-inputs.js';
import type { Exclusion, ShardShare } from '../plan/plan-summary.js';
import type { Readiness } from './readiness.js';

export const RUN_STATES = ['OPEN', 'FROZEN', 'STAGED', 'RUNNING', 'CLOSED'] as const;
export type RunStateName = (typeof RUN_STATES)[number];

/** One window of one tenant. Its row is what all replicas agree on. */
export interface Run {
  /** `<tenant>-<yyyymmdd>-<window>` */
  readonly runId: string;
  readonly tenantId: string;
  /** Local calendar date, `YYYY-MM-DD`. */
  readonly runDate: string;
  readonly state: RunStateName;
  /** Grows with every change. */
  readonly version: number;
  /** Computed when the run was announced, and never again. */
  readonly window: SendWindow;
  readonly timeZone: string;
  readonly objective: number;
  readonly slaStage: 'sent' | 'delivered';
  readonly jitterSeed: string;
  /** Undefined before the freeze. */
  readonly planHash: string | undefined;
  readonly planned: number;
  readonly fallback: number;
  readonly exclusions: readonly Exclusion[];
  readonly shards: readonly ShardShare[];
  readonly readiness: Readiness | undefined;
  /** How many of the readiness gates were passed. */
  readonly gatesPassed: number;
  readonly changedAtMs: number;
}

/** Counted at the freeze: everybody who is planned, and whom only an earlier answer of Meta keeps out. */
export const eligibleOf = ({ planned, exclusions }: Pick<Run, 'planned' | 'exclusions'>): number =>
  exclusions.reduce((sum, { reason, recipients }) => sum + (STILL_ELIGIBLE.has(reason) ? recipients : 0), planned);

/** What a shard's owner last said, as far as a run is concerned. */
export interface ShardReport {
  readonly shardId: string;
  readonly runId: string;
  readonly staged: number;
  readonly mediaReady: number;
  readonly mediaNeeded: number;
  readonly statisticsFresh: boolean;
  readonly paused: boolean;
  readonly breakers: readonly string[];
}
