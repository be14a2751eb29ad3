import type { Incident } from './incident.js';

/** `report.json`, as docs/report.schema.json publishes it; the witness part is filled by whoever has a ledger. */
export interface RunReport {
  readonly runId: string;
  readonly seed?: number;
  readonly speed?: number;
  readonly state: string;
  /** True once the live figure is sealed: from then on it does not change. */
  readonly sealed: boolean;
  readonly eligible: number;
  readonly planned: number;
  readonly accepted: number;
  readonly sent: number;
  readonly delivered: number;
  readonly read: number;
  readonly failed: number;
  readonly failedAfterAcceptance: number;
  readonly held: number;
  readonly suppressed: number;
  readonly expired: number;
  readonly unresolved: number;
  readonly late: number;
  readonly fallback: number;
  /** Eligible less those whose opt-out or withdrawal came before their POST. */
  readonly denominator: number;
  readonly onTime: { readonly accepted: number; readonly sent: number; readonly delivered: number };
  readonly ratio: { readonly accepted: number | null; readonly sent: number | null; readonly delivered: number | null };
  readonly objective: number;
  readonly slaStage: 'sent' | 'delivered';
  readonly verdict: 'PASS' | 'FAIL' | 'NO_DATA';
  readonly attempts: number;
  readonly duplicates: number;
  readonly lost: number;
  readonly outOfWindow: number;
  readonly rateLimited: number;
  readonly failuresByCode: Readonly<Record<string, number>>;
  readonly failures: readonly { readonly code: number; readonly deliveries: number; readonly why: string }[];
  /** Who is not in the plan. */
  readonly exclusions: readonly { readonly reason: string; readonly recipients: number }[];
  readonly readiness: { readonly verdict: 'GO' | 'GO_DEGRADED' | 'NO_GO'; readonly reasons: readonly string[] } | null;
  readonly perShard: readonly {
    readonly shardId: string;
    readonly phoneNumberId: string;
    readonly accepted: number;
    readonly maxPerRollingSecond: number;
  }[];
  readonly missesByCause: Readonly<Record<string, number>>;
  readonly missesByDetail: Readonly<Record<string, number>>;
  readonly scenario?: { readonly name: string; readonly about: string };
  readonly incidents?: readonly { readonly at: string; readonly kind: Incident['kind']; readonly what: string }[];
  readonly witness?: {
    readonly accepted: number;
    readonly duplicates: number;
    readonly agrees: boolean;
    readonly unexpected?: readonly string[];
  };
}
