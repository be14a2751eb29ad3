import {
  breakerKey,
  brokenScope,
  CircuitBreakers,
  type BreakerScope,
  type BreakerTarget,
  type ErrorMeaning,
  type OpenBreaker,
  type SendOutcome,
} from '@daybreak/cloud-api';
import type { Clock } from '@daybreak/kernel';
import { blamesMedia } from '../delivery/settle-attempt.js';

/** Something that stands still: as the circuits of this process see it, as the store keeps it for everybody. */
export interface Breaker extends Pick<OpenBreaker, 'key' | 'fault' | 'openedAtMs' | 'until'> {
  readonly scope: BreakerScope | 'media';
}

/** One that ends by itself: known to the process that opened it, and to nobody else. */
export interface TimedBreaker extends Breaker {
  /** Epoch ms of the run's clock. */
  readonly until: number;
}

/** Whose result it was. */
export interface Target extends BreakerTarget {
  readonly shardId: string;
  /** Hash of the header image, where it was sent by id. */
  readonly asset?: string | undefined;
}

/** What became of one POST, and whose it was. */
export interface Learnt {
  readonly target: Target;
  readonly outcome: SendOutcome;
}

/** So many refusals of one asset in a row: it waits until it was uploaded again. */
const ASSET_TRIPS_AFTER = 3;

/** Failures after the fact that belong together, ms of the run's clock. */
const LATE_WITHIN_MS = 60_000;

const idOf = ({ scope, key }: Pick<Breaker, 'scope' | 'key'>): string => `${scope} ${key}`;

/** Who is to blame for a failure that is not the recipient's; undefined when it is nobody in particular. */
export function blamedBy(target: Target, meaning: ErrorMeaning): Pick<Breaker, 'scope' | 'key'> | undefined {
  if (meaning.class === 'media-fix') return target.asset === undefined ? undefined : { scope: 'media', key: target.asset };
  const scope = brokenScope(meaning);
  const key = scope && breakerKey(scope, target);
  return scope && key !== undefined ? { scope, key } : undefined;
}

/**
 * The first few results of a template, an asset, a number, an account decide for the rest: rows wait instead of failing one by one.
 * What this process learns is in force at once; what a person or Meta has to end is stored, and so in force everywhere.
 */
export class Breakers {
  private readonly circuits: CircuitBreakers;
  private stored = new Map<string, Breaker>();
  private readonly unsaved = new Map<string, Breaker>();
  private readonly assetFailures = new Map<string, number>();
  /** When accepted messages failed afterwards, by what was to blame. */
  private readonly lateFailures = new Map<string, number[]>();

  constructor(private readonly clock: Clock) {
    this.circuits = new CircuitBreakers(clock);
  }

  /** Takes in one outcome; returns the breaker it opened, if it opened one. */
  record(target: Target, outcome: SendOutcome): OpenBreaker | undefined {
    if (this.isOfAsset(target, outcome)) return undefined;
    const opened = this.circuits.record(target, outcome);
    if (opened && typeof opened.until !== 'number') this.unsaved.set(idOf(opened), opened);
    return opened;
  }

  /**
   * A message that had been accepted failed, and not because of its recipient. Answers and failures come apart in time, so it is not their
   * order that counts but how many fail within a minute.
   */
  failedLater(target: Target, meaning: ErrorMeaning): Breaker | undefined {
    const blamed = blamedBy(target, meaning);
    if (!blamed || meaning.tripsAfter === null) return undefined;
    const nowMs = this.clock.nowMs();
    const id = idOf(blamed);
    const recent = [...(this.lateFailures.get(id) ?? []).filter((atMs) => nowMs - atMs < LATE_WITHIN_MS), nowMs];
    this.lateFailures.set(id, recent);
    if (recent.length < meaning.tripsAfter || this.stored.has(id) || this.unsaved.has(id)) return undefined;
    const until = meaning.retry.kind === 'pause' && meaning.retry.until === 'platform' ? 'platform' : 'operator';
    const breaker: Breaker = { ...blamed, fault: meaning.fault, openedAtMs: nowMs, until };
    this.unsaved.set(id, breaker);
    this.stored.set(id, breaker); // in force here at once, and kept by every reload until it is saved
    return breaker;
  }

  /** What stands in the way of everything from this number, in this run; undefined when nothing does. */
  blockingNumber(target: BreakerTarget): Breaker | undefined {
    const { phoneNumberId, wabaId, runId } = target;
    return this.blocking(['token', 'account', 'shard', 'campaign'], { phoneNumberId, wabaId, runId });
  }

  /** @param template `name/language`, at this account */
  isTemplateClosed(wabaId: string, template: string): boolean {
    return this.blocking(['template'], { phoneNumberId: '', wabaId, template }) !== undefined;
  }

  /** `name/language` of each template that stands still at this account. */
  closedTemplates(wabaId: string): string[] {
    const ofAccount = `${wabaId}/`;
    return this.all().flatMap(({ scope, key }) => (scope === 'template' && key.startsWith(ofAccount) ? key.slice(ofAccount.length) : []));
  }

  isAssetClosed(sha256: string): boolean {
    return (this.assetFailures.get(sha256) ?? 0) >= ASSET_TRIPS_AFTER || this.stored.has(idOf({ scope: 'media', key: sha256 }));
  }

  /** It was uploaded again. */
  assetRenewed(sha256: string): void {
    this.assetFailures.delete(sha256);
    this.stored.delete(idOf({ scope: 'media', key: sha256 }));
  }

  /** Everything that stands still. */
  all(): readonly Breaker[] {
    return [...new Map([...this.stored.values(), ...this.circuits.all()].map((one) => [idOf(one), one])).values()];
  }

  /** What ends by itself, of everything that stands still. */
  timed(): readonly TimedBreaker[] {
    return this.all().filter((breaker): breaker is TimedBreaker => typeof breaker.until === 'number');
  }

  /** Breakers that the others have to be told of. */
  toSave(): readonly Breaker[] {
    return [...this.unsaved.values()];
  }

  /** What is stored now, after what was to be saved was saved. What is missing from it was ended by somebody. */
  load(stored: readonly Breaker[]): void {
    const next = new Map(stored.map((breaker) => [idOf(breaker), breaker]));
    for (const [id, { scope, key }] of this.stored) if (!next.has(id) && scope !== 'media') this.circuits.close(scope, key);
    for (const [id, { until }] of this.unsaved) if (next.get(id)?.until === until) this.unsaved.delete(id);
    this.stored = new Map([...next, ...this.unsaved]);
  }

  private blocking(scopes: readonly BreakerScope[], target: BreakerTarget): Breaker | undefined {
    return this.circuits.blocking(target, scopes) ?? (this.stored.size > 0 ? this.blockingStored(scopes, target) : undefined);
  }

  private blockingStored(scopes: readonly BreakerScope[], target: BreakerTarget): Breaker | undefined {
    for (const scope of scopes) {
      const key = breakerKey(scope, target);
      const found = key === undefined ? undefined : this.stored.get(idOf({ scope, key }));
      if (found) return found;
    }
    return undefined;
  }

  /** An asset that Meta cannot use is a matter of that asset: with personal packs nobody else has it. */
  private isOfAsset({ asset }: Target, outcome: SendOutcome): boolean {
    if (asset === undefined) return false;
    if (outcome.kind === 'accepted') this.assetFailures.delete(asset);
    if (outcome.kind !== 'rejected' || !blamesMedia(outcome.error)) return false;
    this.assetFailures.set(asset, (this.assetFailures.get(asset) ?? 0) + 1);
    return true;
  }
}
