export { DEFAULT_TIME_ZONE, PROVISIONAL_PLAN_LEAD_MS, RETRY_LANDS_WITHIN_MS, SEND_WINDOW_DEFAULTS } from './send-window.js';
export { canStart, endOfSending, retryFits, sendWindowFor, sendWindowFrom } from './send-window.js';
export type { LatePolicy, SendWindow, SendWindowOptions, WindowInstants } from './send-window.js';
export { DEFAULT_STAGGER_MS, dueInstantOf, dueInstants, parseSpread, spreadOver } from './spread.js';
export type { PlaceInShard, Spread, SpreadMode } from './spread.js';
export { SLICE_MS, sliceOf, slicesOf, type Slice } from './slices.js';
export { localDateOf, localTimeOf, nextRunDate, plusLocalDays, startOfLocalDay } from './local-time.js';
