import type { AttemptStatus, DeliveryState, MissCause } from '@daybreak/delivery';
import type { Outcome } from '../delivery/delivery-standing.js';

/** Deliveries of one run that are alike in everything a figure asks, and how many they are. */
export interface TallyGroup {
  readonly outcome: Outcome;
  readonly state: DeliveryState;
  readonly status?: AttemptStatus | undefined;
  readonly reason?: string | undefined;
  readonly blame?: Exclude<MissCause, 'not_eligible'> | undefined;
  readonly errorCode?: number | undefined;
  /** Left the denominator: the opt-out or the withdrawal came before the POST. */
  readonly excluded: boolean;
  /** Its pack was recalled before the window closed. */
  readonly withdrawn: boolean;
  readonly shardId?: string | undefined;
  readonly phoneNumberId?: string | undefined;
  /** The accepted POST started inside the window, or at or after its end. */
  readonly startedInWindow: boolean;
  readonly startedLate: boolean;
  /** Long enough ago for Meta to have said `sent` by now. */
  readonly startedLongAgo: boolean;
  readonly sent: boolean;
  readonly delivered: boolean;
  readonly read: boolean;
  /** By Meta's stamp. */
  readonly sentOnTime: boolean;
  readonly deliveredOnTime: boolean;
  /** At least one POST left us. */
  readonly posted: boolean;
  readonly deliveries: number;
  readonly posts: number;
  readonly rateLimited: number;
  readonly duplicates: number;
}

/** What one phone number did in a run. */
export interface NumberTally {
  readonly shardId: string;
  readonly phoneNumberId: string;
  /** Messages that Meta took from it. */
  readonly accepted: number;
  readonly maxPerRollingSecond: number;
  readonly outOfWindow: number;
}
