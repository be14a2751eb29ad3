import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import { timestampFromMs, timestampMs } from '@bufbuild/protobuf/wkt';
import {
  RunState,
  ShardReportedSchema,
  topics,
  type ContentPackRejected,
  type DeadLetter,
  type DeliveryPlanned,
  type RecipientUpserted,
  type RunChanged,
} from '@daybreak/contracts';
import {
  aContentPackReady,
  aPhoneNumber,
  aRecipientUpserted,
  aShardState,
  eventually,
  testPrivacy,
  type InTest,
  type Watched,
} from '@daybreak/testing';
import { ask, clockAt, publishAdvisors, RUN_ID, schedulerWorld, type SchedulerWorld } from './scheduler-world.js';

const ADVISORS = 60;
/** Of shard-2, which would have about half of them. */
const HOURLY_CAP = 5n;

describe('a morning of two replicas', () => {
  let world: SchedulerWorld;
  let first: InTest;
  let advisors: RecipientUpserted[];
  let planned: Watched<DeliveryPlanned>;
  let runs: Watched<RunChanged>;
  let rejected: Watched<ContentPackRejected>;
  let deadLetters: Watched<DeadLetter>;
  const sharedPhone = aPhoneNumber();
  let clock: string;
  let previewHash: string;

  const stateOf = (state: RunState): RunChanged | undefined => runs.events.find((run) => run.state === state);
  const json = async (url: string): Promise<Record<string, unknown>> => (await (await ask(url)).json()) as Record<string, unknown>;

  beforeAll(async () => {
    world = await schedulerWorld();
    const { stack } = world;
    [planned, runs, rejected, deadLetters] = await Promise.all([
      stack.watch(topics.deliveryPlanned),
      stack.watch(topics.runChanged),
      stack.watch(topics.contentPackRejected),
      stack.watch(topics.deadLetter),
    ]);
    const second = { shardId: 'shard-2', phoneNumberId: '106540352242923', version: 2n };
    await stack.publish(topics.shardState, aShardState({ ...second, dailyCap: 100n, hourlyCap: HOURLY_CAP }));
    advisors = await publishAdvisors(
      stack,
      Array.from({ length: ADVISORS }, (_, i) => ({ language: i % 3 === 0 ? 'hi' : 'en' })),
    );
    const twins = [aRecipientUpserted({ recipientId: 'twin-a' }), aRecipientUpserted({ recipientId: 'twin-b' })];
    await publishAdvisors(
      stack,
      twins.map(({ recipientId }) => ({ recipientId, address: { case: 'phoneNumber', value: sharedPhone } })),
    );
    await stack.publish(
      topics.recipientUpserted,
      aRecipientUpserted({ recipientId: 'no-consent' }),
      aRecipientUpserted({ recipientId: 'klingon', language: 'tlh' }),
    );
    // English has a pack, Hindi only its fallback; three packs are wrong in several ways, and one id comes twice.
    const english = aContentPackReady();
    const changed = aContentPackReady({ bodyParameters: { headline: 'Something else' } });
    const unapproved = aContentPackReady({ contentPackId: 'unapproved', language: 'hi' });
    delete unapproved.approval;
    await stack.publish(
      topics.contentPackReady,
      english,
      unapproved,
      aContentPackReady({ contentPackId: 'unknown-language', language: 'tlh' }),
      aContentPackReady({ contentPackId: 'altered', contentHash: 'a'.repeat(64) }),
      aContentPackReady({
        contentPackId: 'fallback-hi',
        language: 'hi',
        runDate: '',
        audience: { kind: { case: 'fallback', value: true } },
      }),
      english,
      changed,
    );

    clock = clockAt('05:56:30'); // a replica has to start, and its preview to be seen, before the freeze
    first = await world.replica(clock);
    await world.replica(clock);
    previewHash = await eventually(async () => {
      const preview = await json(`${first.url}/runs/${RUN_ID}/preview`);
      // All that the plan hangs on comes over many partitions; what is here shows in the figures.
      expect(preview).toMatchObject({
        planned: ADVISORS + 1,
        fallback: ADVISORS / 3,
        exclusions: [{ reason: 'duplicate-address' }, { reason: 'no-consent' }],
        shards: [{ shardId: 'shard-1' }, { shardId: 'shard-2', deliveries: Number(HOURLY_CAP) }],
      });
      return String(preview['planHash']);
    });
    await eventually(() => expect(stateOf(RunState.FROZEN)).toBeDefined(), { timeoutMs: 20_000 });
    await eventually(() => expect(planned.events).toHaveLength(ADVISORS + 1));
  }, 60_000);

  afterAll(() => world.stop());

  it('freezes once, and everybody who may get a pack gets one delivery', () => {
    expect(runs.events.filter((run) => run.state === RunState.FROZEN)).toHaveLength(1);
    expect(new Set(planned.events.map((event) => event.recipientId))).toEqual(new Set([...advisors.map((a) => a.recipientId), 'twin-a']));
    expect(stateOf(RunState.FROZEN)).toMatchObject({
      planned: BigInt(ADVISORS + 1),
      eligible: BigInt(ADVISORS + 1),
      fallback: BigInt(ADVISORS / 3),
      exclusions: [
        { reason: 'duplicate-address', recipients: 1n },
        { reason: 'no-consent', recipients: 1n },
      ],
    });
  });

  it('gives a number no more than its caps leave, and the rest to others', () => {
    const given = Map.groupBy(planned.events, (event) => event.shardId);

    expect([given.get('shard-1')?.length, given.get('shard-2')?.length]).toEqual([ADVISORS + 1 - Number(HOURLY_CAP), Number(HOURLY_CAP)]);
  });

  it('draws up the same plan from the same inputs', () => {
    expect(stateOf(RunState.FROZEN)?.planHash).toBe(previewHash);
  });

  it('shows the plan as lines whose SHA-256 is the hash that every delivery carries', async () => {
    const response = await ask(`${first.url}/runs/${RUN_ID}/plan`);
    const plan = await response.text();

    expect(plan.trimEnd().split('\n')).toHaveLength(ADVISORS + 1);
    const hash = createHash('sha256').update(plan).digest('hex');
    expect(new Set(planned.events.map((event) => event.planHash))).toEqual(new Set([hash]));
    for (const { addressKey } of planned.events) expect(plan).not.toContain(addressKey);
  });

  it('gives each delivery all that the sender needs', () => {
    const hindi = planned.events.find((event) => event.language === 'hi');
    expect(hindi).toMatchObject({
      runId: RUN_ID,
      contentPackId: 'fallback-hi',
      fallback: true,
      template: { name: 'daily_pack_v1', language: 'hi', bodyParameterNames: ['name', 'headline'], hasImageHeader: true },
      standbyTemplate: { name: 'daily_pack_v2', language: 'hi' },
      headerMedia: { url: 'https://cdn.example/pack.jpg' },
      bodyParameters: { name: 'Asha', headline: 'Markets at a glance' },
      deliveryMode: 'direct',
    });
    for (const event of planned.events) {
      const dueMs = timestampMs(event.dueAt ?? timestampFromMs(0));
      expect(dueMs).toBeGreaterThanOrEqual(Date.parse('2026-11-22T05:59:30+05:30'));
      expect(dueMs).toBeLessThan(Date.parse('2026-11-22T06:00:10+05:30'));
    }
  });

  it('seals addresses for the recipient they belong to, and stores none in clear', async () => {
    const twin = planned.events.find((event) => event.recipientId === 'twin-a');
    expect(testPrivacy.addresses.open(twin?.sealedAddress ?? new Uint8Array(), 'twin-a')).toBe(sharedPhone);
    const rows = await world.database.query<{ row: string }>('select recipient::text as row from recipient');
    for (const { row } of rows) expect(row).not.toContain(sharedPhone.slice(3));
  });

  it('sends a wrong pack back to its publisher and to the dead letters, every violation named, and takes the others', async () => {
    await eventually(() => expect(rejected.events).toHaveLength(4));
    const violations = Object.fromEntries(rejected.events.map((e) => [e.contentPackId, e.violations.map((v) => v.field)]));
    expect(violations).toEqual({
      unapproved: ['approval'],
      'unknown-language': ['language'],
      altered: ['content_hash'],
      'pack-20261122-en': ['content_hash'],
    });
    await eventually(() => {
      const packLetters = deadLetters.events.filter((letter) => letter.topic === topics.contentPackReady.name);
      expect(packLetters.map((letter) => letter.violations.map((v) => v.field)).sort()).toEqual([
        ['approval'],
        ['content_hash'],
        ['content_hash'],
        ['language'],
      ]);
    });
    expect(planned.events.some((event) => event.contentPackId === 'pack-20261122-en')).toBe(true);
  });

  it('dead-letters a recipient of an unknown language alone', async () => {
    await eventually(() => {
      const letters = deadLetters.events.filter((letter) => letter.topic === topics.recipientUpserted.name);
      expect(letters.map((letter) => letter.violations.map((v) => v.field))).toEqual([['language']]);
    });
  });

  it('tells nobody anything who does not say who they are', async () => {
    for (const path of [
      '',
      `/${RUN_ID}`,
      `/${RUN_ID}/plan`,
      `/${RUN_ID}/preview`,
      `/${RUN_ID}/readiness`,
      `/${RUN_ID}/recipients/adv-0001`,
    ])
      expect((await fetch(`${first.url}/runs${path}`)).status).toBe(401);
  });

  it('answers why somebody got nothing', async () => {
    expect(await json(`${first.url}/runs/${RUN_ID}/recipients/no-consent`)).toEqual({ excluded: 'no-consent' });
    expect(await json(`${first.url}/runs/${RUN_ID}/recipients/adv-0001`)).toMatchObject({ planned: { contentPackId: 'pack-20261122-en' } });
  });

  it('is STAGED when every shard reports what it was given, and then follows the window', async () => {
    const shares = stateOf(RunState.FROZEN)?.shards ?? [];
    expect(shares.map((share) => share.shardId)).toEqual(['shard-1', 'shard-2']);
    expect(stateOf(RunState.STAGED)).toBeUndefined();

    const report = (shardId: string, staged: bigint) =>
      create(ShardReportedSchema, { shardId, runId: RUN_ID, staged, statisticsFresh: true, reportedAt: timestampFromMs(Date.now()) });
    await world.stack.publish(topics.shardReported, ...shares.map((share) => report(share.shardId, share.deliveries)));

    await eventually(() => expect(stateOf(RunState.STAGED)).toBeDefined());
    await eventually(() => expect(stateOf(RunState.RUNNING)).toBeDefined(), { timeoutMs: 15_000 });
    await eventually(() => expect(stateOf(RunState.CLOSED)).toBeDefined(), { timeoutMs: 15_000 });
    const versions = runs.events.map((run) => run.version);
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => Number(a - b)));
  }, 40_000);

  it('plans nothing twice when the same morning is started once more', async () => {
    const third = await world.replica(clockAt('05:58:45'));

    expect(await json(`${third.url}/runs/${RUN_ID}`)).toMatchObject({ state: 'CLOSED' });
    const again = aContentPackReady({ contentPackId: 'too-late' });
    await world.stack.publish(topics.contentPackReady, again);
    await eventually(() =>
      expect(rejected.events.at(-1)).toMatchObject({ contentPackId: 'too-late', violations: [{ field: 'run_date' }] }),
    );
    expect(planned.events).toHaveLength(ADVISORS + 1);
    expect(runs.events.filter((run) => run.state === RunState.FROZEN)).toHaveLength(1);
  });
});
