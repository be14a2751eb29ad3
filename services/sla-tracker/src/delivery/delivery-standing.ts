import { errorMeaning, FAULT_ATTRIBUTION, type Attribution, type Fault } from '@daybreak/cloud-api';
import { foldDelivery, isLeavingReason, publicStatus, type AttemptStatus, type DeliveryState, type PublicStatus } from '@daybreak/delivery';
import type { DeliveryRecord, PostRecord } from './delivery-record.js';

/** Where a delivery ended, or that it has not: exactly one, so that the sums add up. */
export type Outcome = 'accepted' | 'failed' | 'suppressed' | 'expired' | 'unresolved';

/** What a record comes to. Instants are epoch ms. */
export interface DeliveryStanding {
  readonly planned: boolean;
  readonly recipientId?: string | undefined;
  readonly shardId?: string | undefined;
  readonly contentPackId?: string | undefined;
  readonly fallback: boolean;
  /** The sender's word, as far as its events tell. */
  readonly state: DeliveryState;
  /** Meta's word: of the best attempt. */
  readonly status?: AttemptStatus | undefined;
  readonly outcome: Outcome;
  readonly publicStatus: PublicStatus;
  /** Why it failed, was suppressed or expired. */
  readonly reason?: string | undefined;
  /** Whom that is put down to, where the error table knows. */
  readonly blame?: Attribution | undefined;
  readonly errorCode?: number | undefined;
  /** Attempts that left us. */
  readonly posts: number;
  readonly rateLimited: number;
  /** Attempts that became a message; more than one is a duplicate. */
  readonly acceptances: number;
  readonly phoneNumberId?: string | undefined;
  readonly wamidHash?: string | undefined;
  readonly firstPostAt?: number | undefined;
  readonly lastPostAt?: number | undefined;
  readonly acceptedStartedAt?: number | undefined;
  /** First proof that it was sent, delivered: `read` implies both. */
  readonly sentAt?: number | undefined;
  readonly deliveredAt?: number | undefined;
  readonly readAt?: number | undefined;
  readonly failedAt?: number | undefined;
  /** When the sender ended it. */
  readonly settledAt?: number | undefined;
  /** The same, where it withheld it for what takes a delivery out of the denominator. */
  readonly withheldAt?: number | undefined;
}

const THROUGHPUT_EXCEEDED = 130_429;

export function standingOf(record: DeliveryRecord): DeliveryStanding {
  const status = foldDelivery(record.posts.flatMap((post) => post.status ?? []));
  const messages = record.posts.filter(becameMessage);
  const message = messages.find((post) => post.status === status) ?? messages[0];
  const left = record.posts.filter((post) => post.outcome !== 'not_sent' || becameMessage(post));
  const starts = left.flatMap((post) => post.startedAt ?? []);
  const state = stateOf(record, messages.length > 0);
  const trouble = troubleOf(record, status, state);
  const sentAt = earliest(messages.flatMap((p) => [p.sentAt, p.deliveredAt, p.readAt]));
  // A POST that died with its process is known by its webhook only; it started before Meta stamped it.
  const { settled } = record;
  const acceptedByWord = settled?.outcome === 'accepted' ? settled.acceptedStartedAt : undefined;
  const acceptedStartedAt = earliest([...messages.map((p) => p.startedAt), acceptedByWord]) ?? sentAt;
  return {
    planned: record.planned !== undefined,
    recipientId: record.planned?.recipientId,
    shardId: message?.shardId ?? record.moved?.toShardId ?? record.planned?.shardId,
    contentPackId: record.planned?.contentPackId,
    fallback: record.planned?.fallback ?? false,
    state,
    status,
    outcome: outcomeOf(state),
    publicStatus: publicStatus({ state, status, deferred: record.overdue === true || record.posts.length > 0 }),
    ...trouble,
    posts: left.length,
    rateLimited: left.filter((post) => post.errorCode === THROUGHPUT_EXCEEDED && post.outcome === 'rejected').length,
    acceptances: Math.max(messages.length, Number(state === 'ACCEPTED')),
    phoneNumberId: message?.phoneNumberId,
    wamidHash: message?.wamidHash,
    firstPostAt: earliest([...starts, acceptedStartedAt]),
    lastPostAt: starts.length === 0 ? undefined : Math.max(...starts),
    acceptedStartedAt,
    sentAt,
    deliveredAt: earliest(messages.flatMap((p) => [p.deliveredAt, p.readAt])),
    readAt: earliest(messages.map((p) => p.readAt)),
    failedAt: earliest(record.posts.map((p) => p.failedAt)),
    settledAt: settled?.settledAt,
    withheldAt: state === 'SUPPRESSED' && isLeavingReason(settled?.reason) ? settled?.settledAt : undefined,
  };
}

/** The API accepted it: it said so, or a webhook speaks of the message. */
const becameMessage = (post: PostRecord): boolean => post.outcome === 'accepted' || post.outcome === 'held' || hasStamp(post);

const hasStamp = (post: PostRecord): boolean =>
  post.sentAt !== undefined || post.deliveredAt !== undefined || post.readAt !== undefined || post.failedAt !== undefined;

const STATE_OF_SETTLED = { accepted: 'ACCEPTED', failed: 'FAILED', suppressed: 'SUPPRESSED', expired: 'EXPIRED' } as const;

function stateOf(record: DeliveryRecord, isMessage: boolean): DeliveryState {
  if (isMessage) return 'ACCEPTED';
  if (record.settled) return STATE_OF_SETTLED[record.settled.outcome];
  const last = record.posts.at(-1);
  if (last === undefined) return 'PLANNED';
  return last.outcome === 'ambiguous' ? 'AMBIGUOUS' : 'QUEUED';
}

function outcomeOf(state: DeliveryState): Outcome {
  switch (state) {
    case 'ACCEPTED':
      return 'accepted';
    case 'FAILED':
      return 'failed';
    case 'SUPPRESSED':
      return 'suppressed';
    case 'EXPIRED':
      return 'expired';
    case 'PLANNED':
    case 'QUEUED':
    case 'CLAIMED':
    case 'AMBIGUOUS':
      return 'unresolved';
  }
}

/** What went wrong, as far as anything did that still counts. Reason and blame are of one source: the sender's end of it, else Meta's last word. */
function troubleOf(
  record: DeliveryRecord,
  status: AttemptStatus | undefined,
  state: DeliveryState,
): Pick<DeliveryStanding, 'reason' | 'blame' | 'errorCode'> {
  const failed = status === 'failed' ? record.posts.findLast((post) => post.status === 'failed') : undefined;
  if (state === 'ACCEPTED') {
    if (failed === undefined) return {};
    const meaning = errorMeaning(failed.errorCode ?? null, null, hasStamp(failed) ? 'async' : 'sync');
    return { reason: meaning.fault, blame: meaning.attribution, errorCode: failed.errorCode };
  }
  // A refusal that the sender has not given up on is no end: it is tried again, or forgotten by us.
  if (record.settled === undefined) return {};
  const { reason, errorCode } = record.settled;
  return { reason, blame: isFault(reason) ? FAULT_ATTRIBUTION[reason] : blameOfSilence(record), errorCode: errorCode ?? failed?.errorCode };
}

/** Given up because nobody could tell whether Meta had taken it: Meta did not answer. */
const blameOfSilence = ({ posts }: DeliveryRecord): Attribution | undefined =>
  posts.at(-1)?.outcome === 'ambiguous' ? 'platform' : undefined;

const isFault = (reason: string | undefined): reason is Fault => reason !== undefined && Object.hasOwn(FAULT_ATTRIBUTION, reason);

function earliest(instants: readonly (number | undefined)[]): number | undefined {
  const known = instants.filter((at) => at !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
