import { describe, expect, it } from '@jest/globals';
import { aRun, at } from '../../test/plan.factory.js';
import { gateIsDue, gatesReached, nextInstant, nextStep, type Step } from './next-step.js';
import type { Run, ShardReport } from './run.js';

const shards = [
  { shardId: 'shard-1', deliveries: 10 },
  { shardId: 'shard-2', deliveries: 5 },
];
const report = (shardId: string, staged: number, runId = aRun().runId): ShardReport => ({
  shardId,
  runId,
  staged,
  mediaReady: 1,
  mediaNeeded: 1,
  statisticsFresh: true,
  paused: false,
  breakers: [],
});
const allStaged = [report('shard-1', 10), report('shard-2', 5)];

describe(nextStep.name, () => {
  it.each<[string, Partial<Run>, string, ShardReport[], Step | undefined]>([
    ['waits for the freeze', { state: 'OPEN' }, '05:44:59', [], undefined],
    ['freezes on the instant', { state: 'OPEN' }, '05:45:00', [], 'freeze'],
    ['freezes late rather than never', { state: 'OPEN' }, '06:04:29', [], 'freeze'],
    ['has missed a window that is over', { state: 'OPEN' }, '06:04:30', [], 'miss'],
    ['is staged when every shard has its share', { state: 'FROZEN', shards }, '05:46:00', allStaged, 'stage'],
    ['waits for the last shard', { state: 'FROZEN', shards }, '05:46:00', allStaged.slice(0, 1), undefined],
    ['waits for the last row', { state: 'FROZEN', shards }, '05:46:00', [report('shard-1', 9), report('shard-2', 5)], undefined],
    [
      'does not take yesterday’s report for today’s',
      { state: 'FROZEN', shards },
      '05:46:00',
      [report('shard-1', 10, 'main-20261121-0600'), report('shard-2', 5)],
      undefined,
    ],
    ['opens on time though not all is staged', { state: 'FROZEN', shards }, '05:59:30', [], 'open'],
    ['notes the staging before it opens', { state: 'FROZEN', shards }, '05:59:30', allStaged, 'stage'],
    ['waits for the window', { state: 'STAGED', shards }, '05:59:29', allStaged, undefined],
    ['opens', { state: 'STAGED', shards }, '05:59:30', allStaged, 'open'],
    ['runs', { state: 'RUNNING', shards }, '06:04:29', allStaged, undefined],
    ['closes', { state: 'RUNNING', shards }, '06:04:30', allStaged, 'close'],
    ['is over', { state: 'CLOSED', shards }, '07:00:00', allStaged, undefined],
    ['has nothing to stage in an empty plan', { state: 'FROZEN', shards: [] }, '05:46:00', [], 'stage'],
  ])('%s', (_, over, time, reports, step) => {
    expect(nextStep(aRun(over), at(time), reports)).toBe(step);
  });
});

describe(gatesReached.name, () => {
  it.each([
    ['2026-11-21T17:59:29+05:30', 0],
    ['2026-11-21T17:59:30+05:30', 1],
    ['2026-11-22T04:59:30+05:30', 2],
    ['2026-11-22T05:49:30+05:30', 3],
    ['2026-11-22T05:55:00+05:30', 4],
    ['2026-11-22T05:59:00+05:30', 5],
    ['2026-11-22T06:30:00+05:30', 5],
  ])('at %s it is %d', (instant, gates) => {
    expect(gatesReached(aRun(), Date.parse(instant))).toBe(gates);
  });
});

describe(gateIsDue.name, () => {
  it('is once for every gate', () => {
    expect(gateIsDue(aRun({ gatesPassed: 1 }), at('04:59:29'))).toBe(false);
    expect(gateIsDue(aRun({ gatesPassed: 1 }), at('04:59:30'))).toBe(true);
    expect(gateIsDue(aRun({ gatesPassed: 2 }), at('04:59:30'))).toBe(false);
  });

  it('leaves the last minutes before the freeze to the freeze', () => {
    expect(gateIsDue(aRun(), at('05:39:59'))).toBe(true);
    expect(gateIsDue(aRun(), at('05:40:00'))).toBe(false);
    expect(gateIsDue(aRun({ state: 'FROZEN' }), at('05:59:00'))).toBe(true);
  });
});

describe(nextInstant.name, () => {
  it.each([
    ['05:00:00', '05:45:00'],
    ['05:45:00', '05:49:30'],
    ['05:49:30', '05:55:00'],
    ['05:55:00', '05:59:00'],
    ['05:59:00', '05:59:30'],
    ['05:59:30', '06:04:30'],
  ])('after %s comes %s', (now, next) => {
    expect(nextInstant(aRun(), at(now))).toBe(at(next));
  });

  it('is undefined when nothing comes any more', () => {
    expect(nextInstant(aRun(), at('06:04:30'))).toBeUndefined();
  });
});
