import { reasonOf, within } from '@daybreak/kernel';
/** Liveness: restart me. Readiness: send me nothing for now. A liveness check must never ask a shared store: it would restart everything at once. */
export type HealthKind = 'liveness' | 'readiness';

/** What all checks of a kind said. */
export interface HealthReport {
  readonly healthy: boolean;
  /** `ok`, or the reason, by name of the check. */
  readonly checks: Readonly<Record<string, string>>;
}

const CHECK_BUDGET_MS = 2_000; // kubelet's own time-out is above this; a hanging check must not look like a hanging process

/** What this process must be able to do, by name. Adapters register their own check when they start. */
export class HealthRegistry {
  private readonly checks = new Map<string, { readonly kind: HealthKind; readonly check: () => Promise<void> }>();
  private readonly checkBudgetMs: number;

  constructor({ checkBudgetMs = CHECK_BUDGET_MS }: { readonly checkBudgetMs?: number } = {}) {
    this.checkBudgetMs = checkBudgetMs;
  }

  /** @param check resolves when well, rejects with the reason when not */
  register(name: string, kind: HealthKind, check: () => Promise<void>): void {
    this.checks.set(name, { kind, check });
  }

  unregister(name: string): void {
    this.checks.delete(name);
  }

  /** From now on not ready: the process is about to stop and must not be given new work. */
  drain(): void {
    this.register('draining', 'readiness', () => Promise.reject(new Error('stopping')));
  }

  async report(kind: HealthKind): Promise<HealthReport> {
    const results = await Promise.all(
      [...this.checks]
        .filter(([, entry]) => entry.kind === kind)
        .map(async ([name, entry]) => [name, await outcomeOf(entry.check, this.checkBudgetMs)] as const),
    );
    return { healthy: results.every(([, outcome]) => outcome === 'ok'), checks: Object.fromEntries(results) };
  }
}

const outcomeOf = (check: () => Promise<void>, budgetMs: number): Promise<string> =>
  within(budgetMs, Promise.resolve().then(check)).then(() => 'ok', reasonOf);
