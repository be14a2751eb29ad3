import { CircuitBreakers, type BreakerTarget, type OpenBreaker, type SendOutcome } from '@daybreak/cloud-api';
import type { Clock } from '@daybreak/kernel';
import { blamesMedia } from './settle-attempt.js';

/** Something that stands still: as the circuits of this process see it, as the store keeps it for everybody. */
export type Breaker = Pick<OpenBreaker, 'scope' | 'key' | 'fault' | 'openedAtMs' | 'until'>;

/** Whose result it was. */
export interface Target extends BreakerTarget {
  readonly template: string;
  readonly runId: string;
  /** Hash of the header image, where it was sent by id. */
  readonly asset?: string | undefined;
}

/** So many refusals of one asset in a row: it waits until it was uploaded again. */
const ASSET_TRIPS_AFTER = 3;

const idOf = ({ scope, key }: Pick<Breaker, 'scope' | 'key'>): string => `${scope} ${key}`;

/**
 * The first few results of a template, an asset, a number, an account decide for the rest: rows wait instead of failing one by one.
 * What this process learns is in force at once; what a person or Meta has to end is stored, and so in force everywhere.
 */
export class Breakers {
  private readonly circuits: CircuitBreakers;
  private stored = new Map<string, Breaker>();
  private readonly unsaved = new Map<string, Breaker>();
  private readonly assetFailures = new Map<string, number>();

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

  /** What stands in the way of everything from this number, in this run; undefined when nothing does. */
  blockingNumber(target: BreakerTarget): Breaker | undefined {
    const candidates: readonly Pick<Breaker, 'scope' | 'key'>[] = [
      { scope: 'shard', key: target.phoneNumberId },
      { scope: 'account', key: target.wabaId },
      ...(target.runId === undefined ? [] : [{ scope: 'campaign', key: target.runId } as const]),
    ];
    return (
      this.circuits.blocking({ ...target, template: undefined }) ??
      candidates.map((one) => this.stored.get(idOf(one))).find((one) => one !== undefined)
    );
  }

  /** @param template `name/language` */
  isTemplateClosed(template: string): boolean {
    return (
      this.stored.has(idOf({ scope: 'template', key: template })) ||
      this.circuits.blocking({ phoneNumberId: '', wabaId: '', template }) !== undefined
    );
  }

  /** `name/language` of each template that stands still. */
  closedTemplates(): string[] {
    return this.all().flatMap((breaker) => (breaker.scope === 'template' ? [breaker.key] : []));
  }

  isAssetClosed(sha256: string): boolean {
    return (this.assetFailures.get(sha256) ?? 0) >= ASSET_TRIPS_AFTER;
  }

  /** It was uploaded again. */
  assetRenewed(sha256: string): void {
    this.assetFailures.delete(sha256);
  }

  /** Everything that stands still. */
  all(): readonly Breaker[] {
    return [...new Map([...this.stored.values(), ...this.circuits.all()].map((one) => [idOf(one), one])).values()];
  }

  /** Breakers that the others have to be told of. */
  toSave(): readonly Breaker[] {
    return [...this.unsaved.values()];
  }

  /** What is stored now, after what was to be saved was saved. What is missing from it was ended by somebody. */
  load(stored: readonly Breaker[]): void {
    const next = new Map(stored.map((breaker) => [idOf(breaker), breaker]));
    for (const [id, breaker] of this.stored) if (!next.has(id)) this.circuits.close(breaker.scope, breaker.key);
    for (const [id] of this.unsaved) if (next.has(id)) this.unsaved.delete(id);
    this.stored = next;
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
