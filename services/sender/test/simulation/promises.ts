import { isSettled } from '@daybreak/delivery';
import type { KnownShard } from '../../src/shard/known-shard.js';
import { FIRST, RATE, WABA } from './setting.js';
import type { MorningOutcome, Post, Stop } from './weather.js';

/** A breaker that is stored is known to every process that is awake within so long; as is a STOP. */
const HEARD_WITHIN_MS = 1_000;

/** How often each delivery was accepted, if it was. */
export function acceptances({ posts }: MorningOutcome): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { deliveryId, accepted } of posts) if (accepted) counts.set(deliveryId, (counts.get(deliveryId) ?? 0) + 1);
  return counts;
}

/** Deliveries that were accepted more than once. */
export const twice = (morning: MorningOutcome): string[] => [...acceptances(morning)].flatMap(([id, n]) => (n > 1 ? [id] : []));

/** Most POSTs of one number in any rolling second. */
function mostInASecond(ofNumber: readonly Post[]): number {
  let most = 0;
  for (let first = 0, last = 0; last < ofNumber.length; last++) {
    while ((ofNumber[last]?.atMs ?? 0) - (ofNumber[first]?.atMs ?? 0) >= 1_000) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

const isAbout = ({ scope, key }: Stop, { shardId, template }: Post): boolean =>
  (scope === 'shard' && key === shardId) || (scope === 'template' && key === `${WABA}/${template}`);

/** Whoever made the POST knew that it would be in vain. */
function knew({ process, fromMs, untilMs }: Stop, post: Post): boolean {
  if (post.atMs >= untilMs) return false;
  if (process !== undefined) return process === post.process && post.atMs > fromMs;
  return post.atMs > Math.max(fromMs, post.awakeSinceMs) + HEARD_WITHIN_MS;
}

/** Recipients whom a number has started beyond its caps. The morning is shorter than an hour. */
function beyondItsCaps({ shardId, hourlyCap, dailyCap }: KnownShard, posts: readonly Post[]): number {
  const started = new Set(posts.flatMap((post) => (post.shardId === shardId && !post.unseen ? post.recipientId : [])));
  return Math.max(0, started.size - Math.min(hourlyCap || Infinity, dailyCap || Infinity));
}

/** What must hold in any weather: each as what breaks it. */
export function promises(morning: MorningOutcome): Record<string, unknown> {
  const { records, posts, window, stoppedAtMs, haltedFromMs, stops, numbers } = morning;
  const accepted = acceptances(morning);
  const byNumber = [...Map.groupBy(posts, ({ shardId }) => shardId).values()];
  return {
    unsettled: records.filter(({ state }) => !isSettled(state)),
    outsideTheWindow: posts.filter(({ atMs }) => !window.contains(atMs)),
    epochsGoBack: byNumber.some((ofNumber) => ofNumber.some(({ epoch }, i) => epoch < (ofNumber[i - 1]?.epoch ?? 0))),
    fasterThanAllowed: Math.max(0, ...byNumber.map((ofNumber) => mostInASecond(ofNumber) - RATE)),
    afterTheStop: posts.filter(
      ({ atMs, recipientId }) => atMs > (stoppedAtMs.get(recipientId) ?? Number.POSITIVE_INFINITY) + HEARD_WITHIN_MS,
    ),
    byAHaltedNumber: posts.filter(({ atMs, shardId }) => shardId === FIRST && atMs >= haltedFromMs),
    throughAnOpenBreaker: posts.filter((post) => stops.some((stop) => isAbout(stop, post) && knew(stop, post))),
    beyondTheirCaps: numbers.map((number) => beyondItsCaps(number, posts)).filter((n) => n > 0),
    samePostTwice:
      posts.length - new Set(posts.map(({ deliveryId, attempt, epoch, shardId }) => `${deliveryId} ${attempt} ${epoch} ${shardId}`)).size,
    // Late webhooks come after the records were read; then only the ledger knows.
    acceptedButUnknown: records
      .filter(({ deliveryId, state }) => accepted.has(deliveryId) && state !== 'ACCEPTED')
      .map(({ deliveryId }) => deliveryId),
    knownButNotAccepted: records
      .filter(({ deliveryId, state }) => !accepted.has(deliveryId) && state === 'ACCEPTED')
      .map(({ deliveryId }) => deliveryId),
  };
}

/** What `promises` says when all of them are kept. */
export const KEPT = {
  unsettled: [],
  outsideTheWindow: [],
  epochsGoBack: false,
  fasterThanAllowed: 0,
  afterTheStop: [],
  byAHaltedNumber: [],
  throughAnOpenBreaker: [],
  beyondTheirCaps: [],
  samePostTwice: 0,
  acceptedButUnknown: [],
  knownButNotAccepted: [],
};
