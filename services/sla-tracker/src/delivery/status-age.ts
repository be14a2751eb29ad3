/** Meta repeats a webhook for up to seven days. What comes later is a replay: nothing waits for it, and nobody is told of it. */
export const STATUS_LIFE_DAYS = 8;

const DAY_MS = 86_400_000;

/** Would Meta not send this status any more? Epoch ms. */
export const isTooOld = (occurredAtMs: number, nowMs: number): boolean => nowMs - occurredAtMs > STATUS_LIFE_DAYS * DAY_MS;
