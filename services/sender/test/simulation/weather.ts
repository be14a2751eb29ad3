import { CloudApiError, type SendOutcome } from '@daybreak/cloud-api';
import type { SendWindow } from '@daybreak/timing';
import type { AmbiguousPolicy, DeliveryRecord } from '../../src/delivery/delivery-record.js';
import type { KnownShard } from '../../src/shard/known-shard.js';

/** How much goes wrong. Probabilities are per POST, unless said otherwise. */
export interface Weather {
  readonly policy: AmbiguousPolicy;
  /** Meta took it, and the answer never came. */
  readonly answerLost: number;
  /** Neither Meta nor we know: it was not taken, and no answer came. */
  readonly swallowed: number;
  /** Refused for throughput. */
  readonly tooFast: number;
  /** Refused for ever. */
  readonly refused: number;
  /** Per accepted message: its webhooks come after the policy has decided, or never. */
  readonly webhookLate: number;
  /** Per pod and second: kill -9, and another process five seconds later. */
  readonly killed: number;
  /** Per pod and second: stopped for up to forty seconds. */
  readonly frozen: number;
  /** Per result: its commit is not heard of, and it is written again later. */
  readonly toldTwice: number;
  /** Per recipient: says STOP in mid-window. */
  readonly stops: number;
  /** The first number is halted in mid-window: its monitor says so. */
  readonly halted: boolean;
  /** The first number is locked in mid-window: Meta says so to whoever sends from it. */
  readonly locked: boolean;
  /** The planned template is paused in mid-window: Meta says so to whoever uses it. */
  readonly templatePaused: boolean;
  /** Meta answers nobody for a while. */
  readonly silent: boolean;
  /** Recipients that the first number may start in an hour, and on this day; 0: no cap. */
  readonly hourlyCap: number;
  readonly dailyCap: number;
  /** Recipients that the spare number may start on this day; 0: no cap. */
  readonly spareCap: number;
}

export interface Post {
  readonly atMs: number;
  readonly deliveryId: string;
  readonly recipientId: string;
  readonly shardId: string;
  readonly template: string;
  readonly attempt: number;
  readonly epoch: number;
  readonly accepted: boolean;
  /** Meta refused it unseen: its recipient was not started. */
  readonly unseen: boolean;
  readonly process: string;
  /** Since when that process was not stopped. */
  readonly awakeSinceMs: number;
}

/** Something that stands still from an instant on, and to whom that is known. */
export interface Stop {
  /** Undefined: everybody can read it. */
  readonly process: string | undefined;
  readonly scope: string;
  readonly key: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface MorningOutcome {
  readonly records: readonly DeliveryRecord[];
  readonly posts: readonly Post[];
  readonly window: SendWindow;
  /** When ingest acknowledged a STOP, by recipient. */
  readonly stoppedAtMs: ReadonlyMap<string, number>;
  /** From when the halt of the first number is known to its owner; infinite when it is not halted. */
  readonly haltedFromMs: number;
  readonly stops: readonly Stop[];
  readonly numbers: readonly KnownShard[];
  /** Deliveries that were handed to another number, by that number. */
  readonly movedTo: ReadonlyMap<string, number>;
}

export const TOO_FAST = 130429;
export const UNREACHABLE = 131026;
export const TEMPLATE_PAUSED = 132015;
export const LOCKED = 131031;

const usage = { businessUseCases: [] } as unknown as Extract<SendOutcome, { kind: 'accepted' }>['usage'];
export const ACCEPTED: SendOutcome = {
  kind: 'accepted',
  wamid: 'wamid.x',
  held: false,
  messageStatus: null,
  waId: null,
  userId: null,
  usage,
};
export const SILENCE: SendOutcome = { kind: 'ambiguous', reason: 'timeout' };

const refusal = (code: number): SendOutcome => ({
  kind: 'rejected',
  error: new CloudApiError({ code, subcode: null, type: null, details: null, fbtraceId: null, isTransient: null }, 400),
  httpStatus: 400,
  usage,
});
const REFUSALS = new Map([TOO_FAST, UNREACHABLE, TEMPLATE_PAUSED, LOCKED].map((code) => [code, refusal(code)]));
export const refused = (code: number): SendOutcome => REFUSALS.get(code) ?? refusal(code);
