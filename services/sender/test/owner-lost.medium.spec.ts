import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { topics, type DeliverySettled } from '@daybreak/contracts';
import { clockFrom } from '@daybreak/kernel';
import { aShardState, eventually, type Watched } from '@daybreak/testing';
import { Cuttable } from './cuttable.js';
import { buildSender, startPod, type PodProcess } from './pod-process.js';
import { clockSpec, PHONE_1, relayWebhooks, senderWorld } from './sender-world.js';

const PEOPLE = 240;
const OVER_MS = 16_000;
/** Real time: leases and takeovers are about it. */
const SPEED = 1;

/** How long a pod may take to stop. */
const GRACE_MS = 6_000;

/** Owner and spare as processes; webhooks reach the senders half a second after Meta accepted. */
async function startMorning() {
  const world = await senderWorld();
  world.meta.latencyMs = 150;
  const clock = clockSpec(14_000, SPEED);
  const settings = { CLOUD_API_TIMEOUT_MS: '2000', RESOLVE_AFTER_SECONDS: '5', LOG_LEVEL: 'warn', SHUTDOWN_GRACE_MS: String(GRACE_MS) };
  await world.stack.publish(topics.shardState, aShardState({ shardId: 'shard-1', phoneNumberId: PHONE_1 }));
  const settled = await world.stack.watch(topics.deliverySettled);
  const ownersDatabase = await Cuttable.to(world.podEnv(clock)['DATABASE_URL'] ?? '');
  const owner = await startPod(world.podEnv(clock, { ...settings, SHARD_ORDINAL: '0', DATABASE_URL: ownersDatabase.url }));
  const deliveries = await world.plan(PEOPLE, OVER_MS);
  await eventually(async () => expect(await world.states()).toEqual({ QUEUED: PEOPLE }), { timeoutMs: 20_000 });
  const spare = await startPod(world.podEnv(clock, { ...settings, SHARD_ORDINAL: '9' }));
  const relay = () => relayWebhooks(world, deliveries, clockFrom(clock));
  return { world, owner, ownersDatabase, spare, settled, relay, webhooks: relay() };
}

describe('an owner that is lost in mid-window', () => {
  let morning: Awaited<ReturnType<typeof startMorning>>;
  const pods = (): PodProcess[] => [morning.owner, morning.spare];
  const ownerOf = async (): Promise<string> =>
    (await morning.world.database.query<{ owner: string }>('select owner from shard_lease'))[0]?.owner ?? '';

  beforeAll(() => buildSender(), 120_000);

  const finish = async (): Promise<void> => {
    morning.webhooks.stop();
    for (const pod of pods()) pod.signal('SIGKILL');
    await Promise.all(pods().map((pod) => pod.gone));
    await morning.ownersDatabase.stop();
    await morning.world.stop();
  };

  const everybodyOnce = async (settled: Watched<DeliverySettled>): Promise<void> => {
    await eventually(async () => expect(await morning.world.states()).toEqual({ ACCEPTED: PEOPLE }), { timeoutMs: 60_000 });
    const times = morning.world.meta.timesAccepted();
    expect(times.size).toBe(PEOPLE);
    expect([...times.values()].filter((n) => n > 1)).toEqual([]);
    await eventually(() => expect(new Set(settled.events.map((event) => event.deliveryId)).size).toBe(PEOPLE));
  };

  describe('stopped in order', () => {
    let tookOverAfterMs: number;

    beforeAll(async () => {
      morning = await startMorning();
      await eventually(() => expect(morning.world.meta.accepted.length).toBeGreaterThan(PEOPLE / 4), { timeoutMs: 30_000 });
      const before = await ownerOf();
      const stoppedAtMs = Date.now();
      morning.owner.signal('SIGTERM');
      await eventually(async () => expect(['', before]).not.toContain(await ownerOf()), { timeoutMs: 10_000 });
      tookOverAfterMs = Date.now() - stoppedAtMs;
    }, 120_000);

    afterAll(() => finish());

    it('hands over at once, with nothing ambiguous', async () => {
      expect(tookOverAfterMs).toBeLessThan(5_000);
      expect(await morning.owner.gone).toBe(0);
      const [row] = await morning.world.database.query<{ n: number }>(`select count(*) as n from attempt where outcome = 'ambiguous'`);
      expect(row?.n).toBe(0);
    });

    it('leaves nobody out, and nobody is sent to twice', async () => {
      await everybodyOnce(morning.settled);
    }, 90_000);
  });

  describe('stopped for 14 s, and continued', () => {
    beforeAll(async () => {
      morning = await startMorning();
      await eventually(() => expect(morning.world.meta.accepted.length).toBeGreaterThan(PEOPLE / 4), { timeoutMs: 30_000 });
      const before = await ownerOf();
      morning.owner.signal('SIGSTOP');
      await eventually(async () => expect(await ownerOf()).not.toBe(before), { timeoutMs: 20_000 });
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      morning.owner.signal('SIGCONT');
    }, 120_000);

    afterAll(() => finish());

    it('sends nothing when it wakes up as a zombie: nobody is left out, and nobody is sent to twice', async () => {
      await everybodyOnce(morning.settled);
      const epochs = morning.world.meta.accepted.map((message) => message.reference?.epoch ?? 0);
      expect(epochs).toEqual(epochs.toSorted((a, b) => a - b));
    }, 90_000);
  });

  describe('killed with -9', () => {
    let tookOverAfterMs: number;

    beforeAll(async () => {
      morning = await startMorning();
      await eventually(() => expect(morning.world.meta.accepted.length).toBeGreaterThan(PEOPLE / 4), { timeoutMs: 30_000 });
      const before = await ownerOf();
      const killedAtMs = Date.now();
      morning.owner.signal('SIGKILL');
      await eventually(async () => expect(await ownerOf()).not.toBe(before), { timeoutMs: 20_000 });
      tookOverAfterMs = Date.now() - killedAtMs;
    }, 120_000);

    afterAll(() => finish());

    it('is followed by the spare within 15 s', () => {
      expect(tookOverAfterMs).toBeLessThan(15_000);
    });

    it('leaves nobody out, and nobody is sent to twice', async () => {
      await everybodyOnce(morning.settled);
    }, 90_000);

    it('never lets the number’s epoch go back', () => {
      const epochs = morning.world.meta.accepted.map((message) => message.reference?.epoch ?? 0);

      expect(epochs).toEqual(epochs.toSorted((a, b) => a - b));
      expect(new Set(epochs).size).toBe(2);
    });
  });

  describe('told to stop while its database is away', () => {
    beforeAll(async () => {
      morning = await startMorning();
      await eventually(() => expect(morning.world.meta.accepted.length).toBeGreaterThan(PEOPLE / 4), { timeoutMs: 30_000 });
      morning.webhooks.stop(); // the spare would hear of some of them, and write down what the owner cannot
      morning.ownersDatabase.cut();
      morning.owner.signal('SIGTERM');
    }, 120_000);

    afterAll(() => finish());

    it('ends, although what became of its last messages is written nowhere', async () => {
      expect(await morning.owner.gone).not.toBe('SIGKILL');
      const [row] = await morning.world.database.query<{ unwritten: number }>(
        `select count(*) as unwritten from delivery where state in ('CLAIMED', 'AMBIGUOUS') and delivery_id = any($1)`,
        [[...morning.world.meta.timesAccepted().keys()]],
      );
      expect(row?.unwritten).toBeGreaterThan(0);
      morning.webhooks = morning.relay();
    }, 30_000);

    it('and the next owner finds them out: nobody is left out, and nobody is sent to twice', async () => {
      await everybodyOnce(morning.settled);
    }, 90_000);
  });
});
