import { furthest, type AttemptStatus } from '@daybreak/delivery';
import { canonicalJson } from '@daybreak/kernel';
import type { Attempted, Moved, Observation, Planned, PostId, PostOutcome, Settled, StatusSeen } from './observation.js';

/** What is known of one POST. */
export interface PostRecord extends PostId {
  readonly outcome?: PostOutcome;
  readonly status?: AttemptStatus;
  readonly shardId?: string;
  readonly phoneNumberId?: string;
  readonly wamidHash?: string;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  /** First stamps of Meta's. */
  readonly sentAt?: number;
  readonly deliveredAt?: number;
  readonly readAt?: number;
  readonly failedAt?: number;
  /** Of the refusal or the failure; the highest where several were given. */
  readonly errorCode?: number;
}

/** All that was observed of one delivery. Stored as it is. */
export interface DeliveryRecord {
  readonly planned?: Planned;
  /** In the order of attempt and epoch. */
  readonly posts: readonly PostRecord[];
  readonly settled?: Settled;
  readonly moved?: Moved;
  /** It was found waiting after its due instant. */
  readonly overdue?: true;
}

export const NOTHING_KNOWN: DeliveryRecord = { posts: [] };

/**
 * Adds one observation. Every part of the record is a maximum or a minimum of what was observed, so that the order in
 * which events arrive, and how often, cannot matter. Returns the same object when there is nothing new in it.
 */
export function observe(record: DeliveryRecord, observation: Observation): DeliveryRecord {
  switch (observation.kind) {
    case 'planned': {
      const planned = latest(record.planned, plannedOf(observation), (p) => p.dueAt);
      return planned === record.planned ? record : { ...record, planned };
    }
    case 'attempted':
      return withPost(record, postOfAttempt(observation));
    case 'settled': {
      const settled = latest(record.settled, settledOf(observation), rankOfSettled);
      return settled === record.settled ? record : { ...record, settled };
    }
    case 'moved': {
      const moved = latest(record.moved, movedOf(observation), (m) => m.movedAt);
      return moved === record.moved ? record : { ...record, moved };
    }
    case 'overdue':
      return record.overdue ? record : { ...record, overdue: true };
    case 'status':
      return withPost(record, postOfStatus(observation));
  }
}

function withPost(record: DeliveryRecord, post: PostRecord): DeliveryRecord {
  const known = record.posts.find((other) => other.attempt === post.attempt && other.epoch === post.epoch);
  if (known === undefined) return { ...record, posts: [...record.posts, post].sort((a, b) => a.attempt - b.attempt || a.epoch - b.epoch) };
  const merged = merge(known, post);
  if (MERGED.every((member) => merged[member] === known[member])) return record;
  return { ...record, posts: record.posts.map((other) => (other === known ? merged : other)) };
}

/** The members of a post that an observation may change. */
const MERGED = [
  ...(['outcome', 'status', 'shardId', 'phoneNumberId', 'wamidHash', 'startedAt', 'finishedAt'] as const),
  ...(['sentAt', 'deliveredAt', 'readAt', 'failedAt', 'errorCode'] as const),
] satisfies (keyof PostRecord)[];

function merge(a: PostRecord, b: PostRecord): PostRecord {
  return compact({
    attempt: a.attempt,
    epoch: a.epoch,
    outcome: further(a.outcome, b.outcome),
    status: a.status && b.status ? furthest(a.status, b.status) : (a.status ?? b.status),
    shardId: greater(a.shardId, b.shardId),
    phoneNumberId: greater(a.phoneNumberId, b.phoneNumberId),
    wamidHash: greater(a.wamidHash, b.wamidHash),
    startedAt: lesser(a.startedAt, b.startedAt),
    finishedAt: lesser(a.finishedAt, b.finishedAt),
    sentAt: lesser(a.sentAt, b.sentAt),
    deliveredAt: lesser(a.deliveredAt, b.deliveredAt),
    readAt: lesser(a.readAt, b.readAt),
    failedAt: lesser(a.failedAt, b.failedAt),
    errorCode: greater(a.errorCode, b.errorCode),
  });
}

const STATUS_OF_OUTCOME: Readonly<Partial<Record<PostOutcome, AttemptStatus>>> = { accepted: 'accepted', held: 'held', rejected: 'failed' };

const postOfAttempt = (a: Attempted): PostRecord =>
  compact({
    attempt: a.attempt,
    epoch: a.epoch,
    outcome: a.outcome,
    status: STATUS_OF_OUTCOME[a.outcome],
    shardId: a.shardId,
    phoneNumberId: a.phoneNumberId,
    wamidHash: a.wamidHash,
    startedAt: a.startedAt,
    finishedAt: a.finishedAt,
    errorCode: a.errorCode,
  });

const postOfStatus = (s: StatusSeen): PostRecord =>
  compact({
    attempt: s.attempt,
    epoch: s.epoch,
    status: s.status,
    phoneNumberId: s.phoneNumberId,
    wamidHash: s.wamidHash,
    [`${s.status}At`]: s.occurredAt,
    errorCode: s.errorCode,
  });

const plannedOf = (p: Planned): Planned => ({
  recipientId: p.recipientId,
  shardId: p.shardId,
  language: p.language,
  contentPackId: p.contentPackId,
  fallback: p.fallback,
  dueAt: p.dueAt,
});

const settledOf = (s: Settled): Settled =>
  compact({ outcome: s.outcome, reason: s.reason, errorCode: s.errorCode, acceptedStartedAt: s.acceptedStartedAt, settledAt: s.settledAt });

const movedOf = (m: Moved): Moved => ({ toShardId: m.toShardId, reason: m.reason, movedAt: m.movedAt });

/** A webhook may prove a message that had been given up: whatever is said later, accepted stays. */
const rankOfSettled = (s: Settled): number => (s.outcome === 'accepted' ? Number.MAX_SAFE_INTEGER : s.settledAt);

const OUTCOME_RANK: Readonly<Record<PostOutcome, number>> = { not_sent: 0, ambiguous: 1, rejected: 2, held: 3, accepted: 4 };

const further = (a: PostOutcome | undefined, b: PostOutcome | undefined): PostOutcome | undefined =>
  a === undefined || (b !== undefined && OUTCOME_RANK[b] > OUTCOME_RANK[a]) ? b : a;

/** The one of higher rank; among equals, any, as long as it is always the same. */
function latest<T>(a: T | undefined, b: T, rank: (value: T) => number): T {
  if (a === undefined) return b;
  const byRank = rank(a) - rank(b);
  if (byRank !== 0) return byRank > 0 ? a : b;
  return canonicalJson(a) >= canonicalJson(b) ? a : b;
}

const lesser = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a;
const greater = <T extends number | string>(a: T | undefined, b: T | undefined): T | undefined =>
  a === undefined || (b !== undefined && b > a) ? b : a;

type Compacted<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Without the members that are undefined: the record is JSON. Called for every event, hence the plain loop. */
function compact<T extends object>(value: T): Compacted<T> {
  const kept: Record<string, unknown> = {};
  for (const member in value) if (value[member] !== undefined) kept[member] = value[member];
  return kept as Compacted<T>;
}
