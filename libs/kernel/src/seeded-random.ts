import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { stableHash } from './stable-hash.js';

/** Repeatable randomness: the same seed gives the same sequence on every machine. Not for secrets. */
export interface SeededRandom {
  /** A float in [0, 1). */
  next(): number;
  /** An integer in [min, max], both inclusive. */
  int(min: number, max: number): number;
  /** True with the given probability (0–1). */
  chance(probability: number): boolean;
  /** One of the items, which must not be empty. */
  pick<T>(items: readonly T[]): T;
}

/** @param seed a number, or a text whose hash becomes the seed (for one stream per recipient, number, …) */
export function seededRandom(seed: number | string): SeededRandom {
  const generator = xoroshiro128plus(typeof seed === 'number' ? seed : Number(BigInt.asIntN(32, stableHash(seed))));
  const next = (): number => uniformFloat64(generator);
  return {
    next,
    int: (min, max) => uniformInt(generator, min, max),
    chance: (probability) => next() < probability,
    pick: (items) => {
      if (items.length === 0) throw new RangeError('cannot pick from nothing');
      return items[uniformInt(generator, 0, items.length - 1)] as (typeof items)[number];
    },
  };
}
