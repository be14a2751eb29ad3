import type { SlaStage } from '@daybreak/delivery';
import type { WindowInstants } from '@daybreak/timing';

export const RUN_STATES = ['OPEN', 'FROZEN', 'STAGED', 'RUNNING', 'CLOSED'] as const;
export type RunStateName = (typeof RUN_STATES)[number];

export const READINESS_VERDICTS = ['GO', 'GO_DEGRADED', 'NO_GO'] as const;
export type ReadinessVerdictName = (typeof READINESS_VERDICTS)[number];

export interface RunReadiness {
  readonly verdict: ReadinessVerdictName;
  /** Every check that is not ok, worst first. */
  readonly reasons: readonly string[];
  readonly judgedAt: number;
}

/** Who is not in the plan, and why. */
export interface Exclusion {
  readonly reason: string;
  readonly recipients: number;
}

/** One run as the scheduler last told it. */
export interface Run {
  readonly runId: string;
  readonly tenantId: string;
  /** `YYYY-MM-DD`. */
  readonly runDate: string;
  /** Grows with every change. */
  readonly version: number;
  readonly state: RunStateName;
  readonly window: WindowInstants;
  readonly timeZone: string;
  /** The contractual share, 0-1, and the stage it is judged on. */
  readonly objective: number;
  readonly slaStage: SlaStage;
  /** Counted at the freeze; 0 before it. */
  readonly eligible: number;
  readonly planned: number;
  readonly fallback: number;
  readonly exclusions: readonly Exclusion[];
  readonly readiness?: RunReadiness | undefined;
  /** The plan that the run is bound to; absent before the freeze. */
  readonly planHash?: string | undefined;
  readonly changedAt: number;
}
