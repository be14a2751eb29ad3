import type { ErrorMeaning } from '@daybreak/cloud-api';
import type { Clock } from '@daybreak/kernel';
import { localDateOf } from '@daybreak/timing';
import { blamedBy, type Breaker, type Target } from './breakers.js';

/** A refusal that somebody has to hear of, although nothing may stand still for it. */
export interface Refusal {
  /** The run, or the day of the replies. */
  readonly about: string;
  /** What is to blame; undefined when it is nothing in particular. */
  readonly blamed: Pick<Breaker, 'scope' | 'key'> | undefined;
  readonly meaning: ErrorMeaning;
}

interface Counted {
  readonly refusal: Refusal;
  /** Times until somebody is told; 0 once it is due, undefined once it was told. */
  toGo: number | undefined;
}

const MOST_KEPT = 1_000;

/** An asset that Meta does not take is uploaded again, and its messages go by link: one or two are not worth a word. */
const MEDIA_TOLD_AFTER = 3;

/**
 * What Meta refuses, as far as the error table says that somebody should hear of it. Breakers see only what fails in a row; what fails
 * between successes nobody would know. A ticket is worth writing at the first, somebody's sleep only when it is no exception.
 */
export class Refusals {
  private readonly counted = new Map<string, Counted>();

  constructor(private readonly clock: Clock) {}

  note(target: Target, meaning: ErrorMeaning): void {
    if (meaning.alert === false) return;
    const isOfMedia = target.asset !== undefined && (meaning.class === 'media-fix' || meaning.class === 'request-bug');
    const blamed = isOfMedia ? undefined : blamedBy(target, meaning); // with personal packs every asset is another one
    if (blamed && meaning.tripsAfter === 1) return; // its breaker opens, and tells
    const about = target.runId ?? `replies of ${localDateOf(this.clock.nowMs())}`;
    const refusal: Refusal = { about, blamed, meaning };
    const one = this.counted.get(idOf(refusal));
    if (one) one.toGo = one.toGo && one.toGo - 1;
    else {
      if (this.counted.size >= MOST_KEPT) this.counted.clear(); // the store knows what was told
      const toldAfter = isOfMedia ? MEDIA_TOLD_AFTER : meaning.alert === 'page' ? (meaning.tripsAfter ?? 1) : 1;
      this.counted.set(idOf(refusal), { refusal, toGo: toldAfter - 1 });
    }
  }

  /** What is due to be told. */
  toTell(): readonly Refusal[] {
    return [...this.counted.values()].flatMap(({ refusal, toGo }) => (toGo === 0 ? refusal : []));
  }

  told(refusals: readonly Refusal[]): void {
    for (const refusal of refusals) {
      const one = this.counted.get(idOf(refusal));
      if (one) one.toGo = undefined;
    }
  }
}

const idOf = ({ about, meaning, blamed }: Refusal): string => `${about} ${meaning.code} ${blamed?.scope} ${blamed?.key}`;
