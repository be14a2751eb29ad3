import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newLocalToken } from '@daybreak/access';
import { ConsentState, topics, type AuditRecorded, type DeliveryPlanned } from '@daybreak/contracts';
import {
  aConsentChanged,
  aPhoneNumber,
  aShardState,
  aTemplateState,
  eventually,
  testPrivacy,
  type InTest,
  type Watched,
} from '@daybreak/testing';
import { disagreements } from './api-description.js';
import { clockSpec, PHONE_1, PHONE_2, senderWorld, type SenderWorld } from './sender-world.js';

const operator = newLocalToken('night-shift', ['operator']);
const viewer = newLocalToken('wall-screen', ['viewer']);
const testPhone = aPhoneNumber();
const TESTER = 'staff-asha';

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A rate at which the morning lasts longer than the tests, and one second shows enough. */
const RATE = 20;
const DELIVERIES = 900;

describe('the operator API', () => {
  let world: SenderWorld;
  let owner: InTest;
  let spare: InTest;
  let deliveries: DeliveryPlanned[];
  let audits: Watched<AuditRecorded>;

  const call = async (pod: InTest, method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Answer> => {
    const answer = await fetch(`${pod.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${operator.token}`, ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const given = (await answer.json()) as Answer['body'];
    expect(disagreements(method, path, answer.status, given)).toEqual([]);
    return { status: answer.status, body: given };
  };
  const shardOf = async (pod: InTest, shardId: string): Promise<Record<string, unknown>> =>
    (await call(pod, 'GET', `/shards/${shardId}`)).body;
  const order = (recipientId: string, over: object = {}) => ({
    recipientId,
    template: { name: 'daily_pack_v1', language: 'en', bodyParameters: { first_name: 'Asha' } },
    ...over,
  });
  const send = (body: object, key: string) => call(spare, 'POST', '/messages', body, { 'idempotency-key': key });
  const sentRecently = (withinMs: number): number => world.meta.accepted.filter(({ atMs }) => Date.now() - atMs < withinMs).length;

  beforeAll(async () => {
    world = await senderWorld();
    audits = await world.stack.watch(topics.auditRecorded);
    await world.stack.publish(
      topics.shardState,
      aShardState({ shardId: 'shard-1', phoneNumberId: PHONE_1, allowedRate: RATE }),
      aShardState({ shardId: 'shard-2', phoneNumberId: PHONE_2, allowedRate: RATE }),
    );
    await world.stack.publish(topics.templateState, aTemplateState({ language: 'en' }));
    const env = {
      ACCESS_TOKENS: `${operator.entry},${viewer.entry}`,
      TEST_RECIPIENTS: `${TESTER}:${testPrivacy.addressKeys.keyOf(testPhone)}`,
    };
    const clock = clockSpec(8_000, 1);
    owner = await world.pod(clock, { SHARD_ORDINAL: '0', ...env });
    await eventually(async () => expect((await shardOf(owner, 'shard-2'))['owner']).not.toBeNull(), { timeoutMs: 20_000 });
    spare = await world.pod(clock, env);
    deliveries = await world.plan(DELIVERIES, 1_000);
    await eventually(() => expect(world.meta.accepted.length).toBeGreaterThan(RATE), { timeoutMs: 20_000 });
  }, 90_000);

  afterAll(() => world.stop());

  it('is closed to strangers, and lets a viewer look but not touch', async () => {
    const as = (token: string) => ({ authorization: `Bearer ${token}` });

    expect((await call(spare, 'GET', '/shards', undefined, as('dbk_nobody'))).status).toBe(401);
    expect((await call(spare, 'GET', '/shards', undefined, as(viewer.token))).status).toBe(200);
    expect(await call(spare, 'POST', '/kill-switch', { on: true, reason: 'curious' }, as(viewer.token))).toMatchObject({
      status: 403,
      body: { requiredRoles: ['operator'] },
    });
    expect((await call(spare, 'POST', '/messages', order('adv-00000'), as(viewer.token))).status).toBe(403);
  });

  it('tells of every shard from every pod', async () => {
    const shards = (await call(spare, 'GET', '/shards')).body['shards'] as Record<string, unknown>[];

    expect(shards.map(({ shardId }) => shardId)).toEqual(['shard-1', 'shard-2']);
    expect(shards[0]).toMatchObject({
      phoneNumberId: PHONE_1,
      state: 'active',
      owner: (await shardOf(owner, 'shard-1'))['owner'],
      epoch: 1,
      heldBack: null,
      control: null,
      breakers: [],
    });
    await eventually(async () =>
      expect(await shardOf(spare, 'shard-1')).toMatchObject({
        due: expect.any(Number),
        capacity: { availableRate: RATE, utilisation: expect.any(Number) },
      }),
    );
    expect((await call(spare, 'GET', '/shards/shard-9')).status).toBe(404);
  });

  it('says what lies in the queues and how their Redis is', async () => {
    expect((await call(spare, 'GET', '/queues')).body).toMatchObject({
      queues: [
        { shardId: 'shard-1', queue: 'slice.shard-1', paused: false, jobs: { failed: 0 } },
        { shardId: 'shard-2', queue: 'slice.shard-2' },
      ],
      redis: { reachable: true, role: 'master', maxmemoryPolicy: 'noeviction', aof: expect.any(Boolean), concerns: [] },
    });
  });

  it('stops everything within two seconds of the call, through a pod that owns nothing, and goes on when told', async () => {
    await eventually(() => expect(sentRecently(500)).toBeGreaterThan(2), { timeoutMs: 10_000 });
    const calledMs = Date.now();

    const answer = await call(spare, 'POST', '/kill-switch', { on: true, reason: 'wrong pack' });

    expect(answer).toMatchObject({ status: 200, body: { paused: true, actor: 'user:night-shift', reason: 'wrong pack' } });
    // Silence for longer than it may take: what came before is all that came.
    await eventually(() => expect(Date.now() - (world.meta.accepted.at(-1)?.atMs ?? 0)).toBeGreaterThan(3_000), { timeoutMs: 15_000 });
    const lastPostMs = (world.meta.accepted.at(-1)?.atMs ?? 0) - calledMs;
    expect(lastPostMs).toBeLessThan(2_000);
    expect((await world.states())['QUEUED']).toBeGreaterThan(0);
    expect((await shardOf(owner, 'shard-1'))['heldBack']).toContain('wrong pack');

    await call(spare, 'POST', '/kill-switch', { on: false, reason: 'right pack' });
    await eventually(() => expect(sentRecently(500)).toBeGreaterThan(2), { timeoutMs: 10_000 });
  }, 60_000);

  it('sets the rate of a number, below what it may send', async () => {
    expect((await call(spare, 'PUT', '/shards/shard-1/rate', { messagesPerSecond: 5, reason: 'gently' })).body).toMatchObject({
      maxRate: 5,
    });
    await eventually(async () => expect(await shardOf(spare, 'shard-1')).toMatchObject({ capacity: { availableRate: 5 } }), {
      timeoutMs: 10_000,
    });

    await call(spare, 'PUT', '/shards/shard-1/rate', { messagesPerSecond: null, reason: 'as before' });
    await eventually(async () => expect(await shardOf(spare, 'shard-1')).toMatchObject({ capacity: { availableRate: RATE } }), {
      timeoutMs: 10_000,
    });
  }, 30_000);

  it('pauses one number and resumes it, and writes down who did', async () => {
    await call(spare, 'POST', '/shards/shard-1/pause', { reason: 'looks odd' });
    await eventually(async () => expect((await shardOf(owner, 'shard-1'))['heldBack']).toContain('looks odd'), { timeoutMs: 5_000 });
    await call(spare, 'POST', '/shards/shard-1/resume', { reason: 'was nothing' });
    await eventually(async () => expect((await shardOf(owner, 'shard-1'))['heldBack']).toBeNull(), { timeoutMs: 5_000 });

    const ofShard = () => audits.events.filter(({ object, action }) => object === 'shard/shard-1' && /paused|resumed/.test(action));
    await eventually(() => expect(ofShard()).toHaveLength(2), { timeoutMs: 10_000 });
    const [paused, resumed] = ofShard();
    expect(paused).toMatchObject({ actor: 'user:night-shift', action: 'shard.paused', details: { reason: 'looks odd' } });
    expect(JSON.parse(paused?.details['after'] ?? '')).toMatchObject({ paused: true });
    expect(JSON.parse(resumed?.details['before'] ?? '')).toMatchObject({ paused: true });
    expect(resumed?.beforeDigest).toBe(paused?.afterDigest);
  }, 30_000);

  it.each([
    ['no reason', 'POST', '/shards/shard-1/pause', {}],
    ['a phone number as reason', 'POST', '/shards/shard-1/pause', { reason: `because of ${aPhoneNumber()}` }],
    ['a rate of nothing', 'PUT', '/shards/shard-1/rate', { messagesPerSecond: 0, reason: 'stop' }],
    ['a switch that is neither on nor off', 'POST', '/kill-switch', { on: 'yes', reason: 'x' }],
  ])('refuses %s', async (_, method, path, body) => {
    expect(await call(spare, method, path, body)).toMatchObject({ status: 400, body: { errors: [{ reason: expect.any(String) }] } });
  });

  it('steers no shard that does not exist', async () => {
    expect((await call(spare, 'POST', '/shards/shard-9/pause', { reason: 'x' })).status).toBe(404);
  });

  it('closes a breaker that a person has to end, once', async () => {
    await world.database.execute(
      `insert into breaker (scope, key, fault, opened_at, ended_by) values ('template', 'old_pack/en', 'template', now(), 'operator')`,
    );
    expect((await call(spare, 'GET', '/shards')).body['breakers']).toMatchObject([{ scope: 'template', key: 'old_pack/en' }]);

    const close = () => call(owner, 'POST', `/breakers/template/${encodeURIComponent('old_pack/en')}/close`, { reason: 'fixed' });
    expect([(await close()).status, (await close()).status]).toEqual([200, 404]);
    await eventually(() => expect(audits.events.map(({ action }) => action)).toContain('breaker.closed'), { timeoutMs: 10_000 });
  });

  describe('POST /messages', () => {
    const reached = async (): Promise<DeliveryPlanned> => {
      let found: DeliveryPlanned | undefined;
      await eventually(() => {
        const times = world.meta.timesAccepted();
        found = deliveries.find(({ deliveryId }) => times.has(deliveryId));
        expect(found).toBeDefined();
      });
      if (!found) throw new Error('nobody was reached');
      return found;
    };
    const messageOf = (messageId: string) => world.meta.accepted.filter(({ reference }) => reference?.deliveryId === messageId);

    it('sends one message to somebody who is known and agreed, ahead of the campaign, once per Idempotency-Key', async () => {
      const { recipientId } = await reached();

      const first = await send(order(recipientId), 'first-message');
      const again = await send(order(recipientId), 'first-message');

      expect(first).toMatchObject({ status: 202, body: { recipientId, state: expect.any(String), repeated: false, test: false } });
      expect(again).toMatchObject({ status: 202, body: { messageId: first.body['messageId'], repeated: true } });
      const messageId = first.body['messageId'] as string;
      await eventually(() => expect(messageOf(messageId)).toHaveLength(1), { timeoutMs: 5_000 });
      expect(messageOf(messageId)[0]).toMatchObject({ reference: { kind: 'r' }, body: { template: { name: 'daily_pack_v1' } } });
      await eventually(async () =>
        expect((await call(owner, 'GET', `/messages/${messageId}`)).body).toMatchObject({ state: 'ACCEPTED', attempt: 1 }),
      );
      expect(await send(order('adv-00001'), 'first-message')).toMatchObject({
        status: 422,
        body: { detail: expect.stringContaining('Idempotency-Key') },
      });
    }, 30_000);

    it('sends a test to an allow-listed person’s own phone, whose number it keeps sealed', async () => {
      await world.stack.publish(topics.consentChanged, aConsentChanged(TESTER));
      const body = order(TESTER, { address: testPhone, shardId: 'shard-2' });

      let answer: Answer | undefined;
      await eventually(async () => expect((answer = await send(body, 'test-message')).status).toBe(202), { timeoutMs: 10_000 });

      const messageId = answer?.body['messageId'] as string;
      await eventually(() => expect(messageOf(messageId)).toHaveLength(1), { timeoutMs: 5_000 });
      expect(messageOf(messageId)[0]).toMatchObject({ to: testPhone, phoneNumberId: PHONE_2, reference: { kind: 't' } });
      const [row] = await world.database.query<{ row: string }>(`select row_to_json(r)::text as row from reply r where reply_id = $1`, [
        messageId,
      ]);
      expect(row?.row).not.toContain(testPhone.slice(-8));
      expect(JSON.stringify(answer)).not.toContain(testPhone.slice(-8));
      await eventually(
        () =>
          expect(audits.events.find(({ object }) => object === `message/${messageId}`)).toMatchObject({ action: 'test-message.queued' }),
        { timeoutMs: 10_000 },
      );
    }, 30_000);

    it.each<[string, () => object, number, RegExp]>([
      ['an address that is not allow-listed, naming its entry', () => order(TESTER, { address: aPhoneNumber() }), 400, /not valid/],
      ['an address under another’s name', () => order('adv-00000', { address: testPhone }), 400, /not valid/],
      ['somebody whose address is not known', () => order('adv-unknown'), 422, /no address/],
      ['a template that is not approved', () => order('adv-00000', { template: { name: 'new_pack', language: 'en' } }), 422, /not known/],
      [
        'an image from anywhere',
        () => order('adv-00000', { template: { ...order('').template, imageUrl: 'https://evil.example/x.jpg' } }),
        400,
        /not valid/,
      ],
      ['a shard that does not exist', () => order('adv-00000', { shardId: 'shard-9' }), 400, /not valid/],
    ])('refuses %s', async (_, body, status, detail) => {
      const answer = await send(body(), randomUUID());

      expect(answer).toMatchObject({ status, body: { detail: expect.stringMatching(detail) } });
      expect(JSON.stringify(answer.body)).not.toContain(testPhone.slice(-8));
    });

    it('refuses somebody who said STOP, and somebody whose consent nobody recorded', async () => {
      const { recipientId } = await reached();
      await world.stack.publish(
        topics.consentChanged,
        aConsentChanged(recipientId, { purposes: [{ purpose: 'content', state: ConsentState.OPTED_OUT }], version: 9n }),
      );
      const [silent] = await world.plan(1, 1, {}, 'unknown');

      await eventually(async () => expect((await send(order(recipientId), 'to-stopped')).body['detail']).toContain('opted out'), {
        timeoutMs: 10_000,
      });
      await eventually(
        async () => expect((await send(order(silent?.recipientId ?? ''), 'to-silent')).body['detail']).toContain('consent'),
        {
          timeoutMs: 10_000,
        },
      );
    }, 30_000);

    it('wants to know which request it is', async () => {
      expect(await call(spare, 'POST', '/messages', order('adv-00000'))).toMatchObject({
        status: 400,
        body: { errors: [{ field: 'Idempotency-Key' }] },
      });
    });
  });

  // Last: it stops the numbers for a minute.
  it('shows what stands still for a while, from every pod, and when it ends', async () => {
    world.meta.treat = () => ({ code: 131057 });

    await eventually(
      async () => {
        expect((await shardOf(spare, 'shard-1'))['breakers']).toMatchObject([
          { scope: 'shard', key: PHONE_1, fault: 'maintenance', endedBy: 'time', until: expect.stringMatching(/^2026-/) },
        ]);
      },
      { timeoutMs: 15_000 },
    );
  }, 20_000);
});
