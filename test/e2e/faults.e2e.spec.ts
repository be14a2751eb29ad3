import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stallPostgres } from '../faults/nemesis/postgres.js';
import { emptyRedis } from '../faults/nemesis/redis.js';
import { runScenario, type Outcome } from '../faults/run-scenario.js';
import { ALL_INVARIANTS, type Scenario } from '../faults/scenario.js';

const VICTIM = 'sender-0';
const MORNING_TIMEOUT_MS = 300_000;

/** The short form of `make faults`: one of each kind, in one morning. */
const scenario: Scenario = {
  id: 'SHORT',
  title: 'a sender dies between the answer and the row, Redis is emptied, PostgreSQL stalls',
  invariants: ALL_INVARIANTS,
  morning: { advisors: 240, env: { [VICTIM]: { FAILPOINT: 'sender.after-post:10' } } },
  ownStack: true,
  async run(context) {
    await context.slowAnswers();
    await context.until('the sender has died', () => context.services.crashes.some(({ instance }) => instance === VICTIM), 90_000);
    const waiting = await context.deliveries(['QUEUED']);
    context.bit(`${VICTIM} died with ${waiting} deliveries waiting`, waiting > 0);
    await context.services.restart(VICTIM, { FAILPOINT: '' });
    await emptyRedis(context);
    await stallPostgres(context, 3);
  },
};

describe('a morning in which a sender, Redis and PostgreSQL fail', () => {
  let folder: string;
  let outcome: Outcome;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'daybreak-faults-'));
    const noSharedStack = (): Promise<never> => Promise.reject(new Error('this morning has its own stores'));
    outcome = await runScenario(scenario, { seed: 7, outDir: join(folder, 'short'), stack: noSharedStack, say: () => undefined });
  }, MORNING_TIMEOUT_MS);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('was struck by all of them while there was work', () => {
    expect(outcome.bites.filter((bite) => !bite.really)).toEqual([]);
    expect(outcome.bites).toHaveLength(3);
  });

  it.each(ALL_INVARIANTS)('keeps %s', (invariant) => {
    expect(outcome.broken[invariant]).toEqual([]);
  });

  it('has nothing else against it, least of all the time', () => {
    expect(outcome.reasons).toEqual([]);
    expect(outcome.verdict).toBe('passed');
  });
});
