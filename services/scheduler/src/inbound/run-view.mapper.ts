import type { WindowInstants } from '@daybreak/timing';
import { eligibleOf, type Run } from '../run/run.js';

/** A run as people read it. Instants are ISO 8601, UTC. */
export interface RunView extends Omit<Run, 'window' | 'readiness' | 'changedAtMs' | 'gatesPassed' | 'planHash'> {
  readonly planHash: string | null;
  /** Everybody who is planned, and whom only an earlier answer of Meta keeps out (`user-cap`). */
  readonly eligible: number;
  readonly window: Readonly<Record<keyof WindowInstants, string>>;
  readonly readiness: { readonly verdict: string; readonly reasons: readonly string[]; readonly judgedAt: string | null };
  readonly changedAt: string;
}

export function toRunView({ window, readiness, changedAtMs, gatesPassed: _, planHash, ...run }: Run): RunView {
  return {
    ...run,
    planHash: planHash ?? null,
    eligible: eligibleOf(run),
    window: {
      freezeAt: iso(window.freezeAt),
      stagedBy: iso(window.stagedBy),
      opensAt: iso(window.opensAt),
      firstAttemptsEndAt: iso(window.firstAttemptsEndAt),
      closesAt: iso(window.closesAt),
      deadlineAt: iso(window.deadlineAt),
      liveSealAt: iso(window.liveSealAt),
      finalSealAt: iso(window.finalSealAt),
    },
    readiness:
      readiness === undefined
        ? { verdict: 'NOT_JUDGED', reasons: [], judgedAt: null }
        : { verdict: readiness.verdict, reasons: readiness.reasons, judgedAt: iso(readiness.judgedAtMs) },
    changedAt: iso(changedAtMs),
  };
}

const iso = (ms: number): string => new Date(Math.floor(ms)).toISOString();
