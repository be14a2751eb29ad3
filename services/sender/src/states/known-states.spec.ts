import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CloudApiError, errorMeaning, type SendOutcome } from '@daybreak/cloud-api';
import { manualClock } from '@daybreak/kernel';
import type { Logger } from '@daybreak/observability';
import type { KnownRun, KnownShard } from '../shard/known-shard.js';
import type { ConsentRepository } from '../store/consent.repository.js';
import type { LookRepository } from '../store/look.repository.js';
import type { AnnounceTrouble } from './announce-trouble.js';
import type { Breaker, Target } from './breakers.js';
import type { Control } from './control.js';
import { EVERY_SHARD, KnownStates } from './known-states.js';
import { RecentConsent } from './recent-consent.js';
import type { ToldTemplate } from './told-states.js';

const RUN = 'main-20261122-0600';
const MISFIT = 132018;
const refusal = (code: number): CloudApiError =>
  new CloudApiError({ code, subcode: null, type: null, details: null, fbtraceId: null, isTransient: null }, 400);
const control = (over: Partial<Control>): Control => ({
  paused: false,
  draining: false,
  maxRate: null,
  reason: 'a drill',
  actor: 'operator',
  updatedAtMs: 0,
  ...over,
});

describe(KnownStates.name, () => {
  let shards: KnownShard[];
  let controls: Map<string, Control>;
  let stored: Breaker[];
  let templates: ToldTemplate[];
  const refused = jest.fn<AnnounceTrouble['refused']>();
  let runs: KnownRun[];
  let sut: KnownStates;

  const aShard = (shardId: string, over: Partial<KnownShard> = {}): KnownShard =>
    ({
      shardId,
      phoneNumberId: shardId,
      wabaId: 'waba',
      role: 'primary',
      mode: 'active',
      reason: '',
      changedAtMs: 0,
      ...over,
    }) as KnownShard;
  const claimOf = (shardId: string, critical = false) => ({ shardId, runId: RUN, critical });

  beforeEach(() => {
    shards = [aShard('shard-1'), aShard('shard-2')];
    refused.mockReset().mockResolvedValue(undefined);
    controls = new Map();
    stored = [];
    templates = [];
    runs = [];
    const look = {
      everything: () =>
        Promise.resolve({
          ...{ shards, runs, controls, templates, breakers: stored },
          ...{ withdrawn: new Set<string>(), evidenceUntilMs: 0, inbound: new Map([['shard-1', 25]]) },
        }),
    };
    const rows = {
      closeBreakers: (ended: readonly Breaker[]) => Promise.resolve(void (stored = stored.filter((one) => !ended.includes(one)))),
    };
    const consents = { changedWithin: () => Promise.resolve(new Map()) };
    sut = new KnownStates(
      look as unknown as LookRepository,
      consents as unknown as ConsentRepository,
      new RecentConsent(),
      { refused } as unknown as AnnounceTrouble,
      manualClock(0),
      { info: () => undefined } as unknown as Logger,
    );
    Object.assign(sut, { states: rows });
  });

  it('lets a drained number finish what it has claimed, claim nothing more, and give the rest away', async () => {
    controls.set('shard-1', control({ draining: true, reason: 'its account is reviewed' }));
    await sut.refresh();

    expect(sut.standsStill(claimOf('shard-1'))).toBe(false);
    expect(sut.closedToClaims('shard-1', RUN, true)).toBe('drained: its account is reviewed');
    expect(sut.outOfActionUntil('shard-1', RUN)).toBe(Number.POSITIVE_INFINITY);
    expect(sut.closedToClaims('shard-2', RUN, false)).toBeUndefined();
  });

  it('stops a paused number at once, critical deliveries too, and leaves it what it has', async () => {
    controls.set('shard-1', control({ paused: true }));
    await sut.refresh();

    expect(sut.standsStill(claimOf('shard-1', true))).toBe(true);
    expect(sut.outOfActionUntil('shard-1', RUN)).toBeUndefined();
  });

  it('stops everybody at one word, and goes on when it is taken back', async () => {
    controls.set(EVERY_SHARD, control({ paused: true, reason: 'kill switch' }));
    await sut.refresh();
    expect(['shard-1', 'shard-2'].map((shardId) => sut.standstill(shardId, RUN, true))).toEqual(Array(2).fill('paused: kill switch'));

    controls.clear();
    await sut.refresh();
    expect(sut.standstill('shard-1', RUN, false)).toBeUndefined();
  });

  it('sends only what is critical from a number that its quality paused, and nothing from one that is halted or unknown', async () => {
    shards = [aShard('shard-1', { mode: 'paused' }), aShard('shard-2', { mode: 'halted', reason: 'banned' })];
    await sut.refresh();

    expect(sut.standsStill(claimOf('shard-1', true))).toBe(false);
    expect(sut.standsStill(claimOf('shard-1', false))).toBe(true);
    expect(sut.standstill('shard-2', RUN, true)).toBe('the number is halted: banned');
    expect(sut.standsStill(claimOf('shard-3'))).toBe(true);
  });

  it.each<[string, (target: Target) => void]>([
    ['answers', (target) => void sut.learn({ target, outcome: { kind: 'rejected', error: refusal(MISFIT) } as unknown as SendOutcome })],
    ['statuses', (target) => void sut.learnLate(target, errorMeaning(MISFIT, null, 'async'))],
  ])('tells somebody, once, of what %s say that the error table wants told, although nothing stands still', async (_, meet) => {
    for (let i = 0; i < 3; i += 1) {
      meet({ shardId: 'shard-1', phoneNumberId: 'shard-1', wabaId: 'waba', template: 'daily_pack_v1/en', runId: RUN });
      await sut.refresh();
    }

    expect(refused.mock.calls).toMatchObject([[[{ about: RUN, meaning: { code: MISFIT, alert: 'ticket' } }]]]);
    expect(sut.breakers.all()).toEqual([]);
  });

  it('is about the run that is open or comes next, and only without one about the last', async () => {
    const MINUTE_MS = 60_000;
    const aRun = (runId: string, opensAt: number): KnownRun =>
      ({ runId, window: { opensAt, closesAt: opensAt + 5 * MINUTE_MS } }) as KnownRun;
    runs = [aRun('main', 10 * MINUTE_MS), aRun('main-c1', 20 * MINUTE_MS)];
    await sut.refresh();

    const current = [0, 14, 15, 24, 25, 34].map((minute) => sut.currentRun(minute * MINUTE_MS)?.runId);
    expect(current).toEqual(['main', 'main', 'main-c1', 'main-c1', 'main-c1', 'main-c1']);
    expect(sut.currentRun(36 * MINUTE_MS)).toBeUndefined();
  });

  describe('what Meta ends', () => {
    const OPENED_MS = 1_000;
    const breaker = (over: Partial<Breaker>): Breaker => ({
      scope: 'shard',
      key: 'shard-1',
      fault: 'policy',
      openedAtMs: OPENED_MS,
      until: 'platform',
      ...over,
    });
    const aTemplate = (wabas: ToldTemplate['wabas'], changedAtMs: number): ToldTemplate =>
      ({ name: 'daily_pack_v1', language: 'en', wabas, changedAtMs }) as ToldTemplate;
    const ofTemplate = breaker({ scope: 'template', key: 'waba/daily_pack_v1/en' });
    const APPROVED = { wabaId: 'waba', status: 'APPROVED' };
    const PAUSED = { wabaId: 'waba', status: 'PAUSED' };

    it.each<[string, Breaker, () => void, boolean]>([
      ['a number that is active since', breaker({}), () => (shards = [aShard('shard-1', { changedAtMs: 2_000 })]), true],
      [
        'an account with a number that is',
        breaker({ scope: 'account', key: 'waba' }),
        () => (shards = [aShard('shard-2', { changedAtMs: 2_000 })]),
        true,
      ],
      ['a number that was active before already', breaker({}), () => (shards = [aShard('shard-1', { changedAtMs: 500 })]), false],
      [
        'a number that is slowed down since',
        breaker({}),
        () => (shards = [aShard('shard-1', { mode: 'throttled', changedAtMs: 2_000 })]),
        false,
      ],
      ['another number', breaker({}), () => (shards = [aShard('shard-1'), aShard('shard-2', { changedAtMs: 2_000 })]), false],
      ['what a person has to end', breaker({ until: 'operator' }), () => (shards = [aShard('shard-1', { changedAtMs: 2_000 })]), false],
      [
        'a template that is approved again',
        ofTemplate,
        () => (templates = [aTemplate([APPROVED, { wabaId: 'other', status: 'PAUSED' }], 2_000)]),
        true,
      ],
      [
        'a template that only another account has approved',
        ofTemplate,
        () => (templates = [aTemplate([PAUSED, { wabaId: 'other', status: 'APPROVED' }], 2_000)]),
        false,
      ],
    ])('goes on by itself or not: %s', async (_, open, meanwhile, hasEnded) => {
      stored = [open];
      meanwhile();

      await sut.refresh();

      expect([stored.length, sut.breakers.all().length]).toEqual(hasEnded ? [0, 0] : [1, 1]);
    });
  });

  it('has the run that closes first before the others, in whatever order they are read', async () => {
    const aRun = (runId: string, closesAt: number): KnownRun => ({ runId, window: { opensAt: 0, closesAt } }) as KnownRun;
    runs = [aRun('c', 2), aRun('b', 1), aRun('a', 2)];
    await sut.refresh();

    expect(sut.runs.map(({ runId }) => runId)).toEqual(['b', 'a', 'c']);
  });

  it('knows how much people write to each number', async () => {
    await sut.refresh();

    expect([sut.inboundPerSecond('shard-1'), sut.inboundPerSecond('shard-2')]).toEqual([2.5, 0]);
  });
});
