/** One POST that may have reached Meta. */
export interface Attempt {
  readonly deliveryId: string;
  readonly attempt: number;
  readonly epoch: number;
  readonly shardId: string;
  readonly phoneNumberId: string;
  readonly outcome: 'accepted' | 'held' | 'rejected' | 'ambiguous';
  readonly httpStatus: number;
  readonly errorCode: number;
  readonly fault: string;
  /** `name/language`. */
  readonly template: string;
  readonly startedAtMs: number;
  readonly finishedAtMs: number | null;
  readonly wamidHash: string;
}
