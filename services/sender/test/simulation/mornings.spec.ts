import { describe, expect, it } from '@jest/globals';
import { isSettled } from '@daybreak/delivery';
import { simulateMorning, type MorningOutcome, type Weather } from './morning.js';

/** Mornings per kind of weather; `MORNINGS=2000` for a long night. A failure names its seed. */
const MORNINGS = Number(process.env['MORNINGS'] ?? 200);

const calm: Weather = { policy: 'resend', answerLost: 0, swallowed: 0, tooFast: 0, refused: 0, webhookLate: 0, killed: 0, frozen: 0 };
const rough: Weather = { ...calm, answerLost: 0.1, swallowed: 0.1, tooFast: 0.1, refused: 0.03, killed: 0.01, frozen: 0.02 };

const acceptances = ({ posts }: MorningOutcome): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const { deliveryId, accepted } of posts) if (accepted) counts.set(deliveryId, (counts.get(deliveryId) ?? 0) + 1);
  return counts;
};

const twice = (morning: MorningOutcome): string[] => [...acceptances(morning)].flatMap(([id, n]) => (n > 1 ? [id] : []));

/** What must hold in any weather. */
function promises(morning: MorningOutcome): Record<string, unknown> {
  const { records, posts, window } = morning;
  const accepted = acceptances(morning);
  const epochs = posts.map(({ epoch }) => epoch);
  return {
    unsettled: records.filter(({ state }) => !isSettled(state)),
    outsideTheWindow: posts.filter(({ atMs }) => !window.contains(atMs)),
    epochsGoBack: epochs.some((epoch, i) => epoch < (epochs[i - 1] ?? 0)),
    samePostTwice: posts.length - new Set(posts.map(({ deliveryId, attempt, epoch }) => `${deliveryId} ${attempt} ${epoch}`)).size,
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

  it('is the same morning for the same seed', () => {
    const [first, second] = [simulateMorning(7, rough), simulateMorning(7, rough)];

    expect([first.posts, first.records]).toEqual([second.posts, second.records]);
  });

  it('sends to nobody twice in rough weather, as long as webhooks come before the policy decides', () => {
    for (const seed of seeds) {
      const morning = simulateMorning(seed, rough);

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
