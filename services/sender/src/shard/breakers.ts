import type { Suspicion } from './settle-attempt.js';

export type BreakerScope = Suspicion['scope'];

/** Something that stands still. */
export interface Breaker {
  readonly scope: BreakerScope;
  /** What of that scope: `name/language` of a template, hash of an asset, shard, WABA; `*` for the campaign. */
  readonly key: string;
  readonly fault: string;
  /** For people. */
  readonly why: string;
  readonly openedAtMs: number;
  /** Epoch ms of the run's clock at which it ends by itself; null when the platform or an operator ends it. */
  readonly untilMs: number | null;
  readonly endedBy: 'time' | 'platform' | 'operator';
}

/** Whose result it was: the keys behind the scopes. */
export type Keys = Readonly<Record<BreakerScope, string | undefined>>;

/**
 * The first few results of a template, an asset, a number, an account decide for the rest: rows wait instead of failing one by one.
 * What this process learns is seen by it at once; the store makes the others see it.
 */
export class Breakers {
  private readonly open = new Map<string, Breaker>();
  /** How often in a row a fault was met, by scope, key and fault. Forgotten with the first success of that key. */
  private readonly streaks = new Map<string, Map<string, number>>();
  private readonly unsaved = new Set<Breaker>();

  /** What other processes and operators hold open; what they closed is closed here too. */
  load(stored: readonly Breaker[], nowMs: number): void {
    // Pauses that end by themselves concern this process alone, and what was not stored yet cannot be among the stored.
    const own = [...this.open.values()].filter((breaker) => breaker.endedBy === 'time' || this.unsaved.has(breaker));
    this.open.clear();
    for (const breaker of [...own, ...stored]) if (isOpen(breaker, nowMs)) this.open.set(idOf(breaker.scope, breaker.key), breaker);
  }

  /** Breakers that the others have to be told of. */
  toSave(): Breaker[] {
    return [...this.unsaved];
  }

  saved(breakers: readonly Breaker[]): void {
    for (const breaker of breakers) this.unsaved.delete(breaker);
  }

  isOpen(scope: BreakerScope, key: string | undefined, nowMs: number): boolean {
    if (key === undefined || this.open.size === 0) return false;
    const breaker = this.open.get(idOf(scope, key));
    return breaker !== undefined && isOpen(breaker, nowMs);
  }

  all(nowMs: number): Breaker[] {
    return [...this.open.values()].filter((breaker) => isOpen(breaker, nowMs));
  }

  /** A message was accepted: whatever is behind it works. */
  succeeded(keys: Keys): void {
    if (this.streaks.size === 0) return;
    for (const scope of SCOPES) {
      const key = keys[scope];
      if (key !== undefined) this.streaks.delete(idOf(scope, key));
    }
  }

  /** Counts one more result against a scope. Returns the breaker if this one opened it. */
  suspect(suspicion: Suspicion, keys: Keys, nowMs: number): Breaker | undefined {
    const { scope } = suspicion;
    const key = keys[scope];
    if (key === undefined) return undefined;
    const id = idOf(scope, key);
    const streaks = this.streaks.get(id) ?? new Map<string, number>();
    const streak = (streaks.get(suspicion.fault) ?? 0) + 1;
    this.streaks.set(id, streaks.set(suspicion.fault, streak));
    if (streak < suspicion.tripsAfter || this.isOpen(scope, key, nowMs)) return undefined;
    this.streaks.delete(id);
    const breaker: Breaker = {
      scope,
      key,
      fault: suspicion.fault,
      why: suspicion.why,
      openedAtMs: nowMs,
      untilMs: typeof suspicion.until === 'number' ? nowMs + suspicion.until : null,
      endedBy: typeof suspicion.until === 'number' ? 'time' : suspicion.until,
    };
    this.open.set(id, breaker);
    if (breaker.endedBy !== 'time') this.unsaved.add(breaker);
    return breaker;
  }
}

const SCOPES: readonly BreakerScope[] = ['template', 'media', 'shard', 'account', 'campaign'];

const idOf = (scope: BreakerScope, key: string): string => `${scope} ${key}`;

const isOpen = (breaker: Breaker, nowMs: number): boolean => breaker.untilMs === null || nowMs < breaker.untilMs;
