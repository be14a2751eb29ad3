/** What has to wait when more than one delivery must: the smallest thing that is in trouble. */
export type PauseScope = 'template' | 'shard' | 'account' | 'campaign';

/** What may happen next, and to whom. The only thing a worker or a consumer branches on. Delays are milliseconds. */
export type Retry =
  | { kind: 'drop' } //                                                                       never again
  | { kind: 'backoff' } //                                                                    again, with the policy's own back-off
  | { kind: 'defer'; delayMs: number } //                                                     this delivery (or recipient) waits
  | { kind: 'pause'; scope: PauseScope; until: number | 'platform' | 'operator' }; //         something bigger waits (milliseconds, or whoever ends it)

/** One thing that is wrong with an input: where, and why. Never carries the value. */
export interface Violation {
  /** Path of the field, e.g. `audience.recipient_ids[3]`. */
  readonly field: string;
  readonly reason: string;
}

/**
 * An error that says what may happen next. Recognise it by its fields (`isAppError`), not by class:
 * Jest realms and duplicated packages break class identity.
 */
export class AppError extends Error {
  readonly retry: Retry;
  readonly violations: readonly Violation[];

  constructor(message: string, retry: Retry, options: { violations?: readonly Violation[]; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.retry = retry;
    this.violations = options.violations ?? [];
  }
}

/** Recognises an error that says what may happen next by its fields; everything else is a bug or a driver’s error. */
export const isAppError = (error: unknown): error is AppError =>
  error instanceof Error && 'retry' in error && typeof (error as AppError).retry?.kind === 'string';

/** This will never succeed; do not try again. */
export const drop = (message: string, cause?: unknown): AppError => new AppError(message, { kind: 'drop' }, { cause });

/** Bad input: names every field and reason, carries no value. Never retried. */
export const invalid = (...violations: readonly Violation[]): AppError =>
  new AppError(violations.map((v) => `${v.field}: ${v.reason}`).join('; '), { kind: 'drop' }, { violations });
