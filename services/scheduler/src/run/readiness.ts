/** What somebody saw of one check. What could not be read is `unknown`, never `ok`. */
export type FactState = 'ok' | 'degraded' | 'failed' | 'unknown';

/** One fact that the gate needs, as last seen by whoever can see it. */
export interface ReadinessFact {
  /** `<check>/<subject>` */
  readonly checkId: string;
  readonly state: FactState;
  /** One sentence for the operator. */
  readonly detail: string;
}

export type ReadinessVerdict = 'GO' | 'GO_DEGRADED' | 'NO_GO';

/** The gate's word on a run. */
export interface Readiness {
  readonly verdict: ReadinessVerdict;
  /** Every check that is not ok, worst first. */
  readonly reasons: readonly string[];
  readonly judgedAtMs: number;
}
