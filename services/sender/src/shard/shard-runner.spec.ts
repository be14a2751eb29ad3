import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@daybreak/testing';
import { manualClock } from '@daybreak/kernel';
import type { Logger } from '@daybreak/observability';
import { sendWindowFrom } from '@daybreak/timing';
import type { Claim, Content } from '../delivery/claim.js';
import type { ResultWriter } from '../delivery/result-writer.js';
import type { Posting, Sent } from '../delivery/send-delivery.js';
import { RecentConsent } from '../states/recent-consent.js';
import { ShardLease } from './shard-lease.js';
import { ShardRunner, type RunnerParts } from './shard-runner.js';
import { StartedRecipients } from './started-recipients.js';

const OPENS_MS = 100_000;
const window = sendWindowFrom({
  freezeAt: 0,
  stagedBy: 0,
  opensAt: OPENS_MS,
  firstAttemptsEndAt: OPENS_MS + 240_000,
  closesAt: OPENS_MS + 300_000,
  deadlineAt: OPENS_MS + 300_000,
  liveSealAt: OPENS_MS + 900_000,
  finalSealAt: OPENS_MS + 900_000,
});
const run = { runId: 'run', runDate: '2026-11-22', window, shares: new Map(), analyzed: true };
const template = { name: 'daily', language: 'en', hasImageHeader: false };
const content = { contentPackId: 'pack', template, standby: { ...template, name: 'spare' }, headerMedia: null } as unknown as Content;

/** One delivery, claimed and handed to the HTTP client, which has no connection for it yet. */
function setup() {
  const clock = manualClock(OPENS_MS + 1);
  const recentConsent = new RecentConsent();
  const states = {
    stopped: false,
    withdrawn: new Set<string>(),
    closedTemplates: new Set<string>(),
    shard: () => ({
      shardId: 'shard-1',
      phoneNumberId: 'p',
      wabaId: 'w',
      mode: 'active',
      role: 'primary',
      allowedRate: 80,
      throughputMps: 80,
    }),
    run: () => run,
    control: () => undefined,
    inboundPerSecond: () => 0,
    standsStill: () => states.stopped,
    isWithdrawn: (pack: string) => states.withdrawn.has(pack),
    recentConsent,
    breakers: { isTemplateClosed: (_wabaId: string, key: string) => states.closedTemplates.has(key), isAssetClosed: () => false },
  };
  const claim = {
    deliveryId: 'd-1',
    runId: 'run',
    recipientId: 'adv-1',
    shardId: 'shard-1',
    attempt: 1,
    spared: 0,
    claimNumber: 1,
    dueAtMs: OPENS_MS,
    contentId: 'content',
    consent: { state: 'opted_in', sinceMs: 0 },
    claimedAtMonoMs: performance.now(),
  } as unknown as Claim;
  const claims = [claim];
  let looks = 0;
  const posting: Posting[] = [];
  let answer: (sent: Sent) => void = () => undefined;
  const answered = new Promise<Sent>((resolve) => (answer = resolve));
  const parts = {
    claimDue: {
      aheadMs: 200,
      batchSize: () => 8,
      contentOf: () => content,
      isUnreadable: () => false,
      next: () => (looks++, Promise.resolve({ claims: claims.splice(0), lookAgainAtMs: Number.POSITIVE_INFINITY })),
    },
    send: { post: (one: Posting) => (posting.push(one), answered) },
    replies: { next: undefined },
    states,
    startedBefore: () => Promise.resolve(new StartedRecipients(new Map())),
    writerFor: () => ({ pending: 0, add: () => undefined, drain: () => Promise.resolve(true) }) as unknown as ResultWriter,
    clock,
    logger: { warn: () => undefined } as unknown as Logger,
  };
  const lease = new ShardLease('shard-1', 1, 'pod', performance.now());
  const sut = new ShardRunner(lease, parts as unknown as RunnerParts, { inFlight: 8, latePolicy: 'none' });
  const end = (): Promise<void> => {
    if (posting.length > 0) answer({ result: { claim, settlement: { kind: 'not-posted', dueAtMs: OPENS_MS } } });
    return sut.stop();
  };
  return { sut, clock, states, lease, posting, claims, looks: () => looks, end };
}

describe(ShardRunner.name, () => {
  let world: ReturnType<typeof setup>;

  afterEach(() => world.end());

  it.each<[string, (given: ReturnType<typeof setup>) => void]>([
    ['a STOP', ({ states }) => states.recentConsent.hear('adv-1', { state: 'opted_out', sinceMs: 1 }, 2)],
    ['a withdrawn pack', ({ states }) => void states.withdrawn.add('pack')],
    ['the kill switch', ({ states }) => void (states.stopped = true)],
    ['a paused template, although there is a standby', ({ states }) => void states.closedTemplates.add('daily/en')],
    ['the end of the window', ({ clock }) => clock.advance(300_000)],
    ['a lost lease', ({ lease }) => lease.lose()],
  ])('lets no first byte leave after %s, however long the request waited for a connection', async (_, happens) => {
    world = setup();
    world.sut.wake(OPENS_MS + 10_000);
    await eventually(() => expect(world.posting).toHaveLength(1));
    expect(world.posting[0]?.mayStart()).toBe(true);

    happens(world);

    expect(world.posting[0]?.mayStart()).toBe(false);
  });

  it('has picked nothing up when a claim brings nothing', async () => {
    world = setup();
    const before = world.sut.lastPickUp;
    world.claims.length = 0;

    world.sut.wake(OPENS_MS + 10_000);
    await eventually(() => expect(world.looks()).toBe(1));
    await new Promise(setImmediate);

    expect(world.sut.lastPickUp).toBe(before);
  });
});
