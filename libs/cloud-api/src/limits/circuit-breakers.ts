import type { Clock, PauseScope } from '@daybreak/kernel';
import type { SendOutcome } from '../client/send-outcome.js';
import type { ErrorMeaning, Fault } from '../errors/meaning.js';
import type { NeverLeftReason } from '../http/exchange.js';

/** What can be broken: whatever can pause, and what all accounts of an installation have in common, its app and its tokens. */
export type BreakerScope = PauseScope | 'token';

/** What one POST goes through: whatever of it is broken stops the POST. */
export interface BreakerTarget {
  readonly phoneNumberId: string;
  readonly wabaId: string;
  /** Name and language: the same name in another language is another template. */
  readonly template?: string | undefined;
  readonly runId?: string | undefined;
}

/** Something that stands still, and why. */
export interface OpenBreaker {
  readonly scope: BreakerScope;
  /** What is stopped: `breakerKey` of its scope. */
  readonly key: string;
  /** Meta's code; null when it opened because no usable answers came. */
  readonly code: number | null;
  readonly fault: Fault;
  readonly openedAtMs: number;
  /** Epoch milliseconds, or whoever ends it. */
  readonly until: number | 'platform' | 'operator';
}

/** When silence opens a breaker, and for how long. Milliseconds of the clock. */
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

const EVERY_SCOPE: readonly BreakerScope[] = ['token', 'account', 'shard', 'template', 'campaign'];

/** Faults that are the app's or its token's, whichever account they are met at. */
const OF_EVERY_ACCOUNT: ReadonlySet<Fault> = new Set(['token', 'app-rate']);

/** The network, or whoever is behind it, did not let us in. The other reasons are our own: a claim that was withdrawn, a pool that is full or closed. */
const NO_ANSWER: ReadonlySet<NeverLeftReason> = new Set(['dns', 'refused', 'unreachable', 'hung-up', 'tls', 'connect-timeout']);

/** What of a target a scope is about: a phone number id, WABA id, run, or template of a WABA; undefined where the target has no such thing. */
export const breakerKey = (scope: BreakerScope, target: BreakerTarget): string | undefined => {
  switch (scope) {
    case 'token':
      return 'all';
    case 'account':
      return target.wabaId;
    case 'shard':
      return target.phoneNumberId;
    case 'template':
      // A template is its account's: another one's of the same name has a review and a quality of its own.
      return target.template === undefined ? undefined : `${target.wabaId}/${target.template}`;
    case 'campaign':
      return target.runId;
  }
};

/**
 * One circuit per number, template, account, run, and one for the token, fed with what became of each POST. A few failures in a row that
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
        return NO_ANSWER.has(outcome.reason) ? this.recordSilence(target) : undefined;
    }
  }

  /** The same for a failure learnt by webhook. */
  recordFailure(target: BreakerTarget, meaning: ErrorMeaning, retryAfterMs: number | null = null): OpenBreaker | undefined {
    if (meaning.tripsAfter === null) return undefined;
    const scope = brokenScope(meaning);
    const key = scope === undefined ? undefined : breakerKey(scope, target);
    if (scope === undefined || key === undefined) return undefined;
    const circuit = this.circuitOf(scope, key);
    circuit.failures += 1;
    if (circuit.failures < meaning.tripsAfter) return undefined;
    const said = meaning.retry.kind === 'pause' ? meaning.retry.until : 'operator';
    const openedAtMs = this.clock.nowMs();
    const until = typeof said === 'number' ? openedAtMs + Math.max(said, retryAfterMs ?? 0) : said;
    const opened: OpenBreaker = { scope, key, code: meaning.code, fault: meaning.fault, openedAtMs, until };
    // What is met while another breaker of it is open, by what was on the wire, may be worse than that one.
    if (this.isOpen(circuit) && circuit.open && severityOf(opened) <= severityOf(circuit.open)) return undefined;
    return (circuit.open = opened);
  }

  /** What stands in the way of a POST, the widest first; undefined when nothing does. */
  blocking(target: BreakerTarget, scopes: readonly BreakerScope[] = EVERY_SCOPE): OpenBreaker | undefined {
    if (this.circuits.size === 0) return undefined; // asked before every POST, and nearly always so
    for (const scope of scopes) {
      const key = breakerKey(scope, target);
      const circuit = key === undefined ? undefined : this.circuits.get(`${scope} ${key}`);
      if (circuit && this.isOpen(circuit)) return circuit.open;
    }
    return undefined;
  }

  /** An operator, or Meta by webhook, ended it. */
  close(scope: BreakerScope, key: string): void {
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
    const openedAtMs = this.clock.nowMs();
    return (circuit.open = {
      ...{ scope: 'shard', key: target.phoneNumberId, code: null, fault: 'platform' },
      openedAtMs,
      until: openedAtMs + waitMs,
    });
  }

  /** A success proves that everything it went through works; what a person or Meta has to end stays open. */
  private recover(target: BreakerTarget): void {
    if (this.circuits.size === 0) return;
    for (const scope of EVERY_SCOPE) {
      const key = breakerKey(scope, target);
      const circuit = key === undefined ? undefined : this.circuits.get(`${scope} ${key}`);
      if (circuit && !this.isOpen(circuit)) this.circuits.delete(`${scope} ${key}`);
    }
  }

  private isOpen({ open }: Circuit): boolean {
    return open !== undefined && (typeof open.until !== 'number' || open.until > this.clock.nowMs());
  }

  private circuitOf(scope: BreakerScope, key: string): Circuit {
    const id = `${scope} ${key}`;
    let circuit = this.circuits.get(id);
    if (!circuit) this.circuits.set(id, (circuit = { failures: 0, silences: 0, open: undefined }));
    return circuit;
  }
}

/** How hard it is to end: ms of a timed one; by Meta; by a person. */
function severityOf({ until, openedAtMs }: OpenBreaker): number {
  if (typeof until === 'number') return until - openedAtMs;
  return until === 'platform' ? Number.MAX_VALUE : Number.POSITIVE_INFINITY;
}

/**
 * What one failure proves to be broken; undefined for what only concerns one delivery. Meta says "account" also where it locked a single
 * number, so each number finds out for itself: one refusal each, and a locked number does not stop those that work. A token and an app are everybody's.
 */
export function brokenScope({ class: kind, fault, retry, scope }: ErrorMeaning): BreakerScope | undefined {
  if (kind === 'account-halt') return 'shard';
  if (scope === 'account' && OF_EVERY_ACCOUNT.has(fault)) return 'token';
  const paused = retry.kind === 'pause' ? retry.scope : scope;
  return paused === 'delivery' || paused === 'recipient' ? undefined : paused;
}
