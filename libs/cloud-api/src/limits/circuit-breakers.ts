import type { Clock, PauseScope } from '@daybreak/kernel';
import type { SendOutcome } from '../client/send-outcome.js';
import type { ErrorMeaning, Fault } from '../errors/meaning.js';

/** What one POST goes through: whatever of it is broken stops the POST. */
export interface BreakerTarget {
  readonly phoneNumberId: string;
  readonly wabaId: string;
  /** Name and language: the same name in another language is another template. */
  readonly template?: string | undefined;
  readonly runId?: string | undefined;
}

export interface OpenBreaker {
  readonly scope: PauseScope;
  /** The phone number, template, WABA or run that is stopped. */
  readonly key: string;
  /** Meta's code; null when it opened because no usable answers came. */
  readonly code: number | null;
  readonly fault: Fault;
  readonly openedAtMs: number;
  /** Epoch milliseconds, or whoever ends it. */
  readonly until: number | 'platform' | 'operator';
}

export interface BreakerPolicy {
  /** Requests in a row without a usable answer after which a number waits. */
  readonly silentAfter: number;
  /** First wait after silence; doubles with every further one. */
  readonly silenceMs: number;
  readonly maxSilenceMs: number;
}

const DEFAULT_POLICY: BreakerPolicy = { silentAfter: 10, silenceMs: 2_000, maxSilenceMs: 30_000 };

/** How many ended badly in a row, and what stands open because of it. */
interface Circuit {
  failures: number;
  silences: number;
  open: OpenBreaker | undefined;
}

const EVERY_SCOPE: readonly PauseScope[] = ['account', 'shard', 'template', 'campaign'];

const keyOf = (scope: PauseScope, target: BreakerTarget): string | undefined => {
  switch (scope) {
    case 'account':
      return target.wabaId;
    case 'shard':
      return target.phoneNumberId;
    case 'template':
      return target.template;
    case 'campaign':
      return target.runId;
  }
};

/**
 * One circuit per number, template, account and run, fed with what became of each POST. A few failures in a row that
 * blame the same thing stop that thing, instead of failing everyone after them. A timed one that ended is half open:
 * the next failure opens it again at once, the next success closes it. Holds no timers and does no I/O.
 */
export class CircuitBreakers {
  private readonly circuits = new Map<string, Circuit>();

  constructor(
    private readonly clock: Clock,
    private readonly policy: BreakerPolicy = DEFAULT_POLICY,
  ) {}

  /** Takes in one outcome; returns the breaker it opened, if it opened one. */
  record(target: BreakerTarget, outcome: SendOutcome): OpenBreaker | undefined {
    switch (outcome.kind) {
      case 'accepted':
        this.recover(target);
        return undefined;
      case 'rejected':
        return this.recordFailure(target, outcome.error.meaning, outcome.error.retryAfterMs);
      case 'ambiguous':
        return outcome.error === undefined || outcome.error.meaning.tripsAfter === null
          ? this.recordSilence(target)
          : this.recordFailure(target, outcome.error.meaning, outcome.error.retryAfterMs);
      case 'not-sent':
        return this.recordSilence(target);
    }
  }

  /** The same for a failure learnt by webhook. */
  recordFailure(target: BreakerTarget, meaning: ErrorMeaning, retryAfterMs: number | null = null): OpenBreaker | undefined {
    if (meaning.tripsAfter === null) return undefined;
    const scope = brokenScope(meaning);
    const key = scope === undefined ? undefined : keyOf(scope, target);
    if (scope === undefined || key === undefined) return undefined;
    const circuit = this.circuitOf(scope, key);
    circuit.failures += 1;
    if (circuit.failures < meaning.tripsAfter || this.isOpen(circuit)) return undefined;
    const until = meaning.retry.kind === 'pause' ? meaning.retry.until : 'operator';
    return this.opened(
      circuit,
      scope,
      key,
      meaning.code,
      meaning.fault,
      typeof until === 'number' ? this.clock.nowMs() + Math.max(until, retryAfterMs ?? 0) : until,
    );
  }

  /** What stands in the way of a POST, the widest first; undefined when nothing does. */
  blocking(target: BreakerTarget): OpenBreaker | undefined {
    for (const scope of EVERY_SCOPE) {
      const key = keyOf(scope, target);
      const circuit = key === undefined ? undefined : this.circuits.get(`${scope} ${key}`);
      if (circuit && this.isOpen(circuit)) return circuit.open;
    }
    return undefined;
  }

  /** An operator, or Meta by webhook, ended it. */
  close(scope: PauseScope, key: string): void {
    this.circuits.delete(`${scope} ${key}`);
  }

  /** Everything that stands open now. */
  all(): readonly OpenBreaker[] {
    return [...this.circuits.values()].flatMap((circuit) => (this.isOpen(circuit) && circuit.open ? [circuit.open] : []));
  }

  private recordSilence(target: BreakerTarget): OpenBreaker | undefined {
    const circuit = this.circuitOf('shard', target.phoneNumberId);
    circuit.failures += 1;
    if (circuit.failures < this.policy.silentAfter || this.isOpen(circuit)) return undefined;
    const waitMs = Math.min(this.policy.silenceMs * 2 ** circuit.silences, this.policy.maxSilenceMs);
    circuit.silences += 1;
    return this.opened(circuit, 'shard', target.phoneNumberId, null, 'platform', this.clock.nowMs() + waitMs);
  }

  /** A success proves that everything it went through works; what a person or Meta has to end stays open. */
  private recover(target: BreakerTarget): void {
    for (const scope of EVERY_SCOPE) {
      const key = keyOf(scope, target);
      const circuit = key === undefined ? undefined : this.circuits.get(`${scope} ${key}`);
      if (circuit && !this.isOpen(circuit)) this.circuits.delete(`${scope} ${key}`);
    }
  }

  private isOpen({ open }: Circuit): boolean {
    return open !== undefined && (typeof open.until !== 'number' || open.until > this.clock.nowMs());
  }

  private circuitOf(scope: PauseScope, key: string): Circuit {
    const id = `${scope} ${key}`;
    let circuit = this.circuits.get(id);
    if (!circuit) this.circuits.set(id, (circuit = { failures: 0, silences: 0, open: undefined }));
    return circuit;
  }

  private opened(
    circuit: Circuit,
    scope: PauseScope,
    key: string,
    code: number | null,
    fault: Fault,
    until: OpenBreaker['until'],
  ): OpenBreaker {
    circuit.open = { scope, key, code, fault, openedAtMs: this.clock.nowMs(), until };
    return circuit.open;
  }
}

/**
 * What one failure proves to be broken; undefined for what only concerns one delivery. Meta says "account" also where it locked a single
 * number, so each number finds out for itself: one refusal each, and a locked number does not stop those that work. A token is everybody's.
 */
export function brokenScope({ class: kind, retry, scope }: ErrorMeaning): PauseScope | undefined {
  if (kind === 'account-halt') return 'shard';
  const paused = retry.kind === 'pause' ? retry.scope : scope;
  return paused === 'delivery' || paused === 'recipient' ? undefined : paused;
}
