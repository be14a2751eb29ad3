import { describe, expect, it } from '@jest/globals';
import { aRun, at } from '../../test/plan.factory.js';
import { judgeReadiness, type ReadinessInputs } from './judge-readiness.js';

const shards = [{ shardId: 'shard-1', deliveries: 10 }];
const report = {
  shardId: 'shard-1',
  runId: aRun().runId,
  staged: 10,
  mediaReady: 3,
  mediaNeeded: 3,
  statisticsFresh: true,
  paused: false,
  breakers: [],
};

const setup = (over: Partial<ReadinessInputs> = {}): ReadinessInputs => ({
  run: aRun({ state: 'FROZEN', planHash: 'h', planned: 10, shards }),
  outlook: { planned: 10, exclusions: [], shards },
  facts: [{ checkId: 'token/waba-1', state: 'ok', detail: 'valid' }],
  reports: [report],
  expected: ['token/waba-1'],
  ...over,
});

const judged = (over: Partial<ReadinessInputs> = {}, time = '05:59:00') => judgeReadiness(setup(over), at(time));

describe(judgeReadiness.name, () => {
  it('is GO when every check is ok', () => {
    expect(judged()).toEqual({ verdict: 'GO', reasons: [], judgedAtMs: at('05:59:00') });
  });

  it('takes silence for unknown, and unknown for no GO', () => {
    expect(judged({ facts: [] })).toMatchObject({ verdict: 'GO_DEGRADED', reasons: ['token/waba-1: unknown: nobody has reported it'] });
  });

  it('is NO-GO when something failed that the run depends on', () => {
    expect(judged({ facts: [{ checkId: 'token/waba-1', state: 'failed', detail: 'expired' }] })).toMatchObject({
      verdict: 'NO_GO',
      reasons: ['token/waba-1: failed: expired'],
    });
  });

  it('is only degraded by what failed elsewhere', () => {
    const facts = [...setup().facts, { checkId: 'number-connected/shard-9', state: 'failed', detail: 'banned' } as const];

    expect(judged({ facts })).toMatchObject({ verdict: 'GO_DEGRADED', reasons: ['number-connected/shard-9: degraded: banned'] });
  });

  it.each([
    [
      'rows that are not staged in time',
      { reports: [{ ...report, staged: 9 }] },
      'NO_GO',
      'staged/shard-1: failed: 9 of 10 deliveries staged',
    ],
    ['a shard that says nothing', { reports: [] }, 'GO_DEGRADED', 'staged/shard-1: unknown: no report of the 10 deliveries it was given'],
    [
      'images that are not uploaded',
      { reports: [{ ...report, mediaReady: 2 }] },
      'GO_DEGRADED',
      'media/shard-1: degraded: 2 of 3 images uploaded',
    ],
    [
      'stale statistics',
      { reports: [{ ...report, statisticsFresh: false }] },
      'GO_DEGRADED',
      'statistics/shard-1: degraded: table statistics are older than the staged rows',
    ],
    ['a paused shard', { reports: [{ ...report, paused: true }] }, 'NO_GO', 'paused/shard-1: failed: the shard is paused'],
    [
      'an open breaker',
      { reports: [{ ...report, breakers: ['template daily_pack_v1/en'] }] },
      'GO_DEGRADED',
      'breaker/shard-1: degraded: template daily_pack_v1/en',
    ],
    ['an empty plan', { outlook: { planned: 0, exclusions: [], shards } }, 'NO_GO', 'capacity/plan: failed: nobody is planned'],
    [
      'a shortage',
      { outlook: { planned: 10, exclusions: [{ reason: 'no-capacity', recipients: 3 } as const], shards } },
      'GO_DEGRADED',
      'capacity/no-capacity: degraded: 3 recipients do not fit the numbers’ throughput and caps',
    ],
  ])('names %s', (_, over, verdict, reason) => {
    expect(judged(over)).toMatchObject({ verdict, reasons: [reason] });
  });

  it('does not hold against a run that some said no', () => {
    expect(judged({ outlook: { planned: 10, exclusions: [{ reason: 'opted-out', recipients: 3 }], shards } }).verdict).toBe('GO');
  });

  it('judges staging by its own deadline', () => {
    expect(judged({ reports: [{ ...report, staged: 9 }] }, '05:54:59').verdict).toBe('GO');
    expect(judged({ reports: [] }, '05:54:59').verdict).toBe('GO');
    expect(judged({ reports: [{ ...report, staged: 9 }] }, '05:55:00').verdict).toBe('NO_GO');
  });

  it('asks nothing of the shards before the freeze', () => {
    expect(judged({ run: aRun(), reports: [] }).verdict).toBe('GO');
  });

  it('puts the worst first', () => {
    const facts = [{ checkId: 'token/waba-1', state: 'failed', detail: 'expired' } as const];

    expect(
      judged({ facts, reports: [{ ...report, mediaReady: 0 }], expected: ['token/waba-1', 'webhook-subscription/waba-1'] }).reasons.map(
        (r) => r.split(':')[1],
      ),
    ).toEqual([' failed', ' unknown', ' degraded']);
  });
});
