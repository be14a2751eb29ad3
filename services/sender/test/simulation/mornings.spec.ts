import { describe, expect, it } from '@jest/globals';
import { simulateMorning } from './morning.js';
import { acceptances, KEPT, promises, twice } from './promises.js';
import { FIRST, TEMPLATE } from './setting.js';
import type { MorningOutcome, Weather } from './weather.js';

/** Mornings per kind of rough weather, of which there are three. `MORNINGS=4000` for twelve thousand. A failure names its seed. */
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
  locked: false,
  templatePaused: false,
  silent: false,
  hourlyCap: 0,
  dailyCap: 0,
  spareCap: 0,
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

/** Each trouble that lasts meets each other one in some seed. */
const roughOf = (seed: number): Weather => ({
  ...rough,
  halted: seed % 3 === 0,
  locked: seed % 4 === 0,
  templatePaused: seed % 5 < 2,
  silent: seed % 7 < 2,
  hourlyCap: seed % 2 === 0 ? 12 : 0,
  dailyCap: seed % 11 < 3 ? 9 : 0,
  spareCap: seed % 4 < 2 ? 4 : 0,
});

describe('simulated mornings', () => {
  const seeds = Array.from({ length: MORNINGS }, (_, seed) => seed);

  it('sends to everybody once in calm weather', () => {
    for (const seed of seeds.slice(0, 5)) {
      const morning = simulateMorning(seed, calm);

      expect([...acceptances(morning).values()]).toEqual(Array(morning.records.length).fill(1));
      expect(morning.posts).toHaveLength(morning.records.length);
    }
  });

  it.each<[string, Partial<Weather>, (morning: MorningOutcome) => void]>([
    ['a number is halted: its deliveries go by the others', { halted: true }, ({ movedTo }) => expect(movedTo.size).toBeGreaterThan(0)],
    [
      'Meta locks a number: it is tried by what was on the wire, and its deliveries go by the others',
      { locked: true },
      ({ posts, movedTo }) => {
        expect(posts.filter(({ shardId, unseen }) => shardId === FIRST && unseen).length).toBeLessThanOrEqual(2);
        expect(movedTo.size).toBeGreaterThan(0);
      },
    ],
    [
      'their template is paused: each number tries it with what was on the wire, and goes on with the standby',
      { templatePaused: true },
      ({ posts }) => {
        const inVain = posts.filter(({ unseen }) => unseen);
        expect(inVain.length).toBeLessThanOrEqual(4);
        expect(inVain.every(({ template }) => template === TEMPLATE)).toBe(true);
        expect(posts.some(({ template }) => template !== TEMPLATE)).toBe(true);
      },
    ],
    [
      'a number may start few of them in an hour: the others start the rest',
      { hourlyCap: 7 },
      ({ movedTo }) => expect(movedTo.size).toBeGreaterThan(0),
    ],
    [
      'a number may start few of them on a day: the others start the rest',
      { dailyCap: 7 },
      ({ movedTo }) => expect(movedTo.size).toBeGreaterThan(0),
    ],
  ])('sends to everybody once although %s', (_, weather, alsoExpect) => {
    for (const seed of seeds.slice(0, 20)) {
      const morning = simulateMorning(seed, { ...calm, ...weather });

      expect({ seed, once: [...acceptances(morning).values()], ...promises(morning) }).toEqual({
        seed,
        once: Array(morning.records.length).fill(1),
        ...KEPT,
      });
      alsoExpect(morning);
    }
  });

  it('is the same morning for the same seed', () => {
    const [first, second] = [simulateMorning(7, rough), simulateMorning(7, rough)];

    expect([first.posts, first.records]).toEqual([second.posts, second.records]);
  });

  it('sends to nobody twice in rough weather, as long as webhooks come before the policy decides', () => {
    for (const seed of seeds) {
      const morning = simulateMorning(seed, roughOf(seed));

      expect({ seed, twice: twice(morning), ...promises(morning) }).toEqual({ seed, twice: [], ...KEPT });
    }
  });

  it('sends to nobody twice under the policy `hold`, whatever becomes of the webhooks', () => {
    for (const seed of seeds) {
      const morning = simulateMorning(seed, { ...roughOf(seed), policy: 'hold', webhookLate: 0.3 });
      const { acceptedButUnknown, ...kept } = promises(morning);

      expect({ seed, twice: twice(morning), ...kept, acceptedButUnknown }).toEqual({ seed, twice: [], ...KEPT, acceptedButUnknown });
    }
  });

  it('sends twice only where an answer was lost and the webhook came too late: the residue that has no cure', () => {
    let residue = 0;
    for (const seed of seeds) {
      const morning = simulateMorning(seed, { ...roughOf(seed), webhookLate: 0.3 });
      residue += twice(morning).length;
      const { acceptedButUnknown, ...kept } = promises(morning);

      expect({ seed, ...kept, acceptedButUnknown }).toEqual({ seed, ...KEPT, acceptedButUnknown });
    }
    expect(residue).toBeGreaterThan(0);
  });
});
