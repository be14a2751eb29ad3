import type { RunReport } from './run-report.js';

/** Live at 06:15, final a day later; both are kept. */
export const SEAL_KINDS = ['live', 'final'] as const;
export type SealKind = (typeof SEAL_KINDS)[number];

/** A figure that will not change any more. */
export interface Seal {
  readonly runId: string;
  readonly kind: SealKind;
  /** By the clock of the run, epoch ms. */
  readonly sealedAtMs: number;
  readonly report: RunReport;
  /** SHA-256 of the report's canonical JSON, lower-case hex. */
  readonly digest: string;
}
