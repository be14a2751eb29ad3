import { CloudApiError, type SendOutcome } from '@daybreak/cloud-api';
import type { SendWindow } from '@daybreak/timing';
import type { Claim, Content } from '../../src/delivery/claim.js';
import type { AmbiguousPolicy, DeliveryRecord } from '../../src/delivery/delivery-record.js';

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
  /** The first number is halted in mid-window. */
  readonly halted: boolean;
}

export interface Post {
  readonly atMs: number;
  readonly deliveryId: string;
  readonly recipientId: string;
  readonly shardId: string;
  readonly attempt: number;
  readonly epoch: number;
  readonly accepted: boolean;
}

export interface MorningOutcome {
  readonly records: readonly DeliveryRecord[];
  readonly posts: readonly Post[];
  readonly window: SendWindow;
  /** When ingest acknowledged a STOP, by recipient. */
  readonly stoppedAtMs: ReadonlyMap<string, number>;
  /** From when the halt of the first number is known to its owner; infinite when it is not halted. */
  readonly haltedFromMs: number;
  readonly moved: number;
}

const TEMPLATE = { name: 'daily', language: 'en', hasImageHeader: false };
export const CONTENT = { contentPackId: 'pack', template: TEMPLATE, standby: null, headerMedia: null } as unknown as Content;
export const AGREED = { consent: { state: 'opted_in', sinceMs: 0 } } as unknown as Claim;

export const BLANK: DeliveryRecord = {
  deliveryId: '',
  runId: 'main-20261122-0600',
  recipientId: '',
  shardId: 'shard-1',
  state: 'QUEUED',
  attempt: 0,
  spared: 0,
  claimNumber: 0,
  epoch: 0,
  dueAtMs: 0,
  claimedAtMs: null,
  resolveAtMs: null,
  observedAttempt: 0,
  acceptedAttempt: 0,
  wamidHash: '',
  errorCode: 0,
  reason: '',
};

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

export const refused = (code: number): SendOutcome => ({
  kind: 'rejected',
  error: new CloudApiError({ code, subcode: null, type: null, details: null, fbtraceId: null, isTransient: null }, 400),
  httpStatus: 400,
  usage,
});
