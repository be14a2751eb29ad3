import type { SendWindow } from './send-window.js';

/** A slice is one second of the window. */
export const SLICE_MS = 1_000;

/** The deliveries of one shard that are due in the same second of the window; one queue job wakes their owner. */
export interface Slice {
  /** Seconds since the window opened. */
  readonly index: number;
  /** `[opensAt, closesAt)`, epoch ms. */
  readonly opensAt: number;
  readonly closesAt: number;
}

const sliceAt = (index: number, window: SendWindow): Slice => {
  const opensAt = window.opensAt + index * SLICE_MS;
  return { index, opensAt, closesAt: Math.min(opensAt + SLICE_MS, window.closesAt) };
};

/** The slice that a due instant falls into. Instants outside the window belong to its first or last slice. */
export function sliceOf(dueAtMs: number, window: SendWindow): Slice {
  const inside = Math.min(Math.max(dueAtMs, window.opensAt), window.closesAt - 1);
  return sliceAt(Math.floor((inside - window.opensAt) / SLICE_MS), window);
}

/** Every slice of the window, in order. */
export const slicesOf = (window: SendWindow): Slice[] =>
  Array.from({ length: Math.ceil((window.closesAt - window.opensAt) / SLICE_MS) }, (_, index) => sliceAt(index, window));
