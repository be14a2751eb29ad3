import { invalid, stableHash } from '@daybreak/kernel';
import type { SendWindow } from './send-window.js';

/** How first attempts are laid out in time. `window`: over all of it but the retry reserve. */
export type SpreadMode =
  | { readonly kind: 'window' }
  | { readonly kind: 'duration'; readonly durationMs: number }
  | { readonly kind: 'stagger'; readonly stepMs: number };

/** Between two recipients, where `stagger` names no step. */
export const DEFAULT_STAGGER_MS = 20;

const SPREAD = /^(?:window|(?<kind>duration|stagger)(?::(?<value>\d+)(?<unit>ms|s))?)$/;

/** Parses the `SPREAD` setting: `window`, `duration:120s`, `stagger` (20 ms) or `stagger:50ms`. Throws `invalid`. */
export function parseSpread(text: string): SpreadMode {
  const match = SPREAD.exec(text);
  if (!match) throw invalid({ field: 'SPREAD', reason: 'must look like window, duration:120s or stagger:20ms' });
  const { kind, value, unit } = match.groups ?? {};
  if (kind === undefined) return { kind: 'window' };
  const ms = value === undefined ? undefined : Number(value) * (unit === 's' ? 1_000 : 1);
  if (kind === 'stagger') return { kind, stepMs: ms ?? DEFAULT_STAGGER_MS };
  if (!ms) throw invalid({ field: 'SPREAD', reason: 'a target duration needs a length above 0, e.g. duration:120s' });
  return { kind: 'duration', durationMs: ms };
}

/** The span in which the first attempts of one run are due: `[startsAt, endsAt)`, epoch ms, always inside the window. */
export interface Spread {
  readonly startsAt: number;
  readonly endsAt: number;
  /** Only for a fixed stagger. */
  readonly stepMs?: number;
}

/** A late start leaves at least this much, so that the throttle and not one instant takes the load. */
const SHORTEST_SPREAD_MS = 1_000;

/**
 * The span for a run that is laid out at `nowMs`. A late start shrinks it, and never leaves the window: once the retry
 * reserve has begun, first attempts use it up. Undefined when the window is over.
 */
export function spreadOver(window: SendWindow, mode: SpreadMode = { kind: 'window' }, nowMs: number = window.opensAt): Spread | undefined {
  const startsAt = Math.ceil(Math.max(window.opensAt, nowMs));
  if (startsAt >= window.closesAt) return undefined;
  const wantedEnd = mode.kind === 'duration' ? startsAt + mode.durationMs : window.firstAttemptsEndAt;
  const latestEnd = Math.min(window.closesAt, Math.max(window.firstAttemptsEndAt, startsAt + SHORTEST_SPREAD_MS));
  const endsAt = Math.min(latestEnd, Math.max(wantedEnd, startsAt + SHORTEST_SPREAD_MS));
  return mode.kind === 'stagger' ? { startsAt, endsAt, stepMs: mode.stepMs } : { startsAt, endsAt };
}

/** One delivery among those of its shard. */
export interface PlaceInShard {
  readonly deliveryId: string;
  /** Rank among the shard's deliveries in ascending order of delivery id, from 0. */
  readonly index: number;
  /** How many deliveries the shard has in this run. */
  readonly count: number;
}

/**
 * When one delivery is due, whole epoch ms. Every delivery has a stretch of its own in the spread (so a shard's due
 * instants never bunch) and lies in it by a hash of seed and delivery id: a plan drawn up again lands on the same instants.
 * Delivery ids are hashes, so their order says nothing about the recipients. A fixed stagger has no jitter, and a step
 * that would leave the spread is shortened.
 */
export function dueInstantOf(place: PlaceInShard, spread: Spread, jitterSeed: string): number {
  const stretchMs = (spread.endsAt - spread.startsAt) / place.count;
  const offsetMs =
    spread.stepMs === undefined
      ? (place.index + unitInterval(`${jitterSeed}/${place.deliveryId}`)) * stretchMs
      : place.index * Math.min(spread.stepMs, stretchMs);
  // Rounding in floating point may reach the end of the last stretch.
  return Math.min(Math.floor(spread.startsAt + offsetMs), spread.endsAt - 1);
}

/** The due instants of all deliveries of one shard. For plans that fit in memory; else rank in SQL and use `dueInstantOf`. */
export function dueInstants(deliveryIds: readonly string[], spread: Spread, jitterSeed: string): Map<string, number> {
  const ranked = deliveryIds.toSorted();
  return new Map(
    ranked.map((deliveryId, index) => [deliveryId, dueInstantOf({ deliveryId, index, count: ranked.length }, spread, jitterSeed)]),
  );
}

/** 53 bits of the hash, the most a float holds exactly: [0, 1). */
const unitInterval = (text: string): number => Number(stableHash(text) >> 11n) / 2 ** 53;
