import { describe, expect, it } from '@jest/globals';
import { isSettled } from '@daybreak/delivery';
import { simulateMorning } from './morning.js';
import { RATE } from './pods.js';
import type { MorningOutcome, Weather } from './weather.js';

/** Mornings per kind of rough weather, of which there are three. `MORNINGS=1000` for three thousand. A failure names its seed. */
const MORNINGS = Number(process.env['MORNINGS'] ?? 200);

const calm: Weather = {
  policy: 'resend',
  answerLost: 0,
  swallowed: 0,
  tooFast: 0,
  refused: 0,
  webhookLate: 0,
  killed: 0,
  frozen: 0,
  toldTwice: 0,
  stops: 0,
  halted: false,
};
const rough: Weather = {
  ...calm,
  answerLost: 0.1,
  swallowed: 0.1,
  tooFast: 0.1,
  refused: 0.03,
  killed: 0.01,
  frozen: 0.02,
  toldTwice: 0.2,
  stops: 0.1,
};

const acceptances = ({ posts }: MorningOutcome): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const { deliveryId, accepted } of posts) if (accepted) counts.set(deliveryId, (counts.get(deliveryId) ?? 0) + 1);
  return counts;
};

const twice = (morning: MorningOutcome): string[] => [...acceptances(morning)].flatMap(([id, n]) => (n > 1 ? [id] : []));

/** Most POSTs of one number in any rolling second. */
function mostInASecond(posts: MorningOutcome['posts']): number {
  let most = 0;
  for (const ofNumber of Map.groupBy(posts, ({ shardId }) => shardId).values())
    for (let first = 0, last = 0; last < ofNumber.length; last++) {
      while ((ofNumber[last]?.atMs ?? 0) - (ofNumber[first]?.atMs ?? 0) >= 1_000) first++;
      most = Math.max(most, last - first + 1);
    }
  return most;
}

/** What must hold in any weather. */
function promises(morning: MorningOutcome): Record<string, unknown> {
  const { records, posts, window, stoppedAtMs, haltedFromMs } = morning;
  const accepted = acceptances(morning);
  const epochsOf = [...Map.groupBy(posts, ({ shardId }) => shardId).values()].map((ofNumber) => ofNumber.map(({ epoch }) => epoch));
  return {
    unsettled: records.filter(({ state }) => !isSettled(state)),
    outsideTheWindow: posts.filter(({ atMs }) => !window.contains(atMs)),
    epochsGoBack: epochsOf.some((epochs) => epochs.some((epoch, i) => epoch < (epochs[i - 1] ?? 0))),
    fasterThanAllowed: Math.max(0, mostInASecond(posts) - RATE),
    afterTheStop: posts.filter(({ atMs, recipientId }) => atMs > (stoppedAtMs.get(recipientId) ?? Number.POSITIVE_INFINITY) + 1_000),
    byAHaltedNumber: posts.filter(({ atMs, shardId }) => shardId === 'shard-1' && atMs >= haltedFromMs),
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

const KEPT = {
  unsettled: [],
  outsideTheWindow: [],
  epochsGoBack: false,
  fasterThanAllowed: 0,
  afterTheStop: [],
  byAHaltedNumber: [],
  samePostTwice: 0,
  acceptedButUnknown: [],
  knownButNotAccepted: [],
};

describe('simulated mornings', () => {
  const seeds = Array.from({ length: MORNINGS }, (_, seed) => seed);

  it('sends to everybody once in calm weather', () => {
    for (const seed of seeds.slice(0, 5)) {
      const morning = simulateMorning(seed, calm);

      expect([...acceptances(morning).values()]).toEqual(Array(morning.records.length).fill(1));
      expect(morning.posts).toHaveLength(morning.records.length);
    }
  });

  it('sends to everybody once although a number is halted: its deliveries go by the other', () => {
    for (const seed of seeds.slice(0, 20)) {
      const morning = simulateMorning(seed, { ...calm, halted: true });

      expect({ seed, once: [...acceptances(morning).values()], ...promises(morning) }).toEqual({
        seed,
        once: Array(morning.records.length).fill(1),
        ...KEPT,
      });
      expect(morning.moved).toBeGreaterThan(0);
    }
  });

  it('is the same morning for the same seed', () => {
    const [first, second] = [simulateMorning(7, rough), simulateMorning(7, rough)];

    expect([first.posts, first.records]).toEqual([second.posts, second.records]);
  });

  it('sends to nobody twice in rough weather, as long as webhooks come before the policy decides', () => {
    for (const seed of seeds) {
      const morning = simulateMorning(seed, { ...rough, halted: seed % 3 === 0 });

      expect({ seed, twice: twice(morning), ...promises(morning) }).toEqual({ seed, twice: [], ...KEPT });
    }
  });

  it('sends to nobody twice under the policy `hold`, whatever becomes of the webhooks', () => {
    for (const seed of seeds) {
      const morning = simulateMorning(seed, { ...rough, policy: 'hold', webhookLate: 0.3 });
      const { acceptedButUnknown, ...kept } = promises(morning);

      expect({ seed, twice: twice(morning), ...kept, acceptedButUnknown }).toEqual({ seed, twice: [], ...KEPT, acceptedButUnknown });
    }
  });

  it('sends twice only where an answer was lost and the webhook came too late: the residue that has no cure', () => {
    let residue = 0;
    for (const seed of seeds) {
      const morning = simulateMorning(seed, { ...rough, webhookLate: 0.3 });
      residue += twice(morning).length;
      const { acceptedButUnknown, ...kept } = promises(morning);

      expect({ seed, ...kept, acceptedButUnknown }).toEqual({ seed, ...KEPT, acceptedButUnknown });
    }
    expect(residue).toBeGreaterThan(0);
  });
});
