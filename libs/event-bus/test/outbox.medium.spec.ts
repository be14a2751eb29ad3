import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { topics, type RecipientUpserted } from '@daybreak/contracts';
import { Inbox, type Database } from '@daybreak/database';
import { systemClock } from '@daybreak/kernel';
import { metrics } from '@daybreak/observability';
import { Logger } from '@nestjs/common';
import { OutboxRelay } from '../src/outbox-relay.js';
import { Outbox } from '../src/outbox.js';
import type { OutgoingRecord } from '../src/record-codec.js';
import type { SendOptions } from '../src/record-producer.js';
import { aDatabase, type TestDatabase } from './a-database.js';
import { aNamespace, aRecipient, eventually, type Namespace, type Seen } from './a-namespace.js';

const TOPIC = topics.recipientUpserted;
const outbox = new Outbox(systemClock());

describe(Outbox.name, () => {
  let namespace: Namespace;
  let store: TestDatabase;
  let database: Database;
  let seen: Seen<RecipientUpserted>[];
  let relays: OutboxRelay[];

  beforeAll(async () => {
    Logger.overrideLogger(false);
    namespace = await aNamespace();
    store = await aDatabase(namespace.config.NAMESPACE);
    database = store.database;
    seen = await namespace.watch(TOPIC);
  });
  afterAll(async () => {
    await store.drop();
    await namespace.drop();
  });
  beforeEach(() => {
    relays = [];
  });
  afterEach(() => Promise.all(relays.map((relay) => relay.stop())));

  const startRelay = (
    send = (records: readonly OutgoingRecord[], options?: SendOptions) => namespace.bus.producer.send(records, options),
  ): void => {
    const relay = new OutboxRelay(database, { send });
    relays.push(relay);
    relay.start();
  };
  const seenOf = (key: string): Seen<RecipientUpserted>[] => seen.filter((one) => one.key === key);
  const eventsLeft = async (): Promise<number> =>
    (await database.query<{ n: number }>('select coalesce(sum(events), 0)::integer as n from outbox'))[0]?.n ?? -1;

  it('publishes what a committed transaction added, and nothing of one that was rolled back', async () => {
    const [kept, lost] = [aRecipient(), aRecipient()];
    startRelay();

    await database.transaction((tx) => outbox.add(tx, TOPIC, [kept]));
    const rolledBack = database.transaction(async (tx) => {
      await outbox.add(tx, TOPIC, [lost]);
      throw new Error('changed my mind');
    });
    await expect(rolledBack).rejects.toThrow('changed my mind');
    await database.transaction((tx) => outbox.tombstone(tx, TOPIC, [kept.recipientId, aRecipient().recipientId]));

    await eventually(() => expect(seenOf(kept.recipientId).map((one) => one.event)).toEqual([kept, undefined]));
    expect(seenOf(lost.recipientId)).toEqual([]);
    await eventually(async () => expect(await eventsLeft()).toBe(0));
  });

  it('publishes again, under the same id, what a relay had sent but not deleted when it died; the inbox takes it once', async () => {
    const event = aRecipient();
    let die = true;
    startRelay(async (records) => {
      await namespace.bus.producer.send(records);
      if (!die) return;
      die = false; // Kafka has it; the connection that would delete the row is gone
      await database.execute(
        `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and state = 'idle in transaction' and usename = current_user`,
      );
    });

    await database.transaction((tx) => outbox.add(tx, TOPIC, [event]));

    await eventually(() => expect(seenOf(event.recipientId)).toHaveLength(2));
    const ids = seenOf(event.recipientId).map((one) => one.eventId);
    expect(new Set(ids).size).toBe(1);
    for (const id of ids) {
      await database.transaction(async (tx) => {
        const fresh = await Inbox.fresh(tx, 'specimen', [id]);
        await tx.execute('insert into applied select unnest($1::text[])', [[...fresh]]);
      });
    }
    await expect(database.query('select event_id from applied')).resolves.toEqual([{ event_id: ids[0] }]);
  });

  it('keeps the order of a key with several relays at work: the newest state is the last one', async () => {
    const { recipientId } = aRecipient();
    for (let i = 0; i < 3; i += 1) startRelay();

    for (let version = 0; version < 200; version += 1) {
      await database.transaction((tx) => outbox.add(tx, TOPIC, [{ ...aRecipient(`v${version}`), recipientId }]));
    }

    await eventually(() => expect(seenOf(recipientId)).toHaveLength(200));
    expect(seenOf(recipientId).map((one) => one.event?.language)).toEqual(Array.from({ length: 200 }, (_, i) => `v${i}`));
  });

  it('keeps events while Kafka is away, and publishes them when it is back', async () => {
    let away = true;
    let refused = 0;
    const events = Array.from({ length: 1_200 }, () => aRecipient());
    startRelay((records, options) => {
      if (!away) return namespace.bus.producer.send(records, options);
      expect(options).toEqual({ timeoutMs: expect.any(Number), cutOff: true }); // nothing may arrive after the claim has ended
      refused += 1;
      return Promise.reject(new Error('Kafka is away'));
    });

    await database.transaction((tx) => outbox.add(tx, TOPIC, events));
    await eventually(() => expect(refused).toBeGreaterThan(1));
    expect(await eventsLeft()).toBe(1_200);
    await eventually(async () => expect((await metrics.outboxRows.get()).values[0]?.value).toBe(1_200));
    away = false;

    const keys = new Set(events.map((event) => event.recipientId));
    await eventually(() => expect(seen.filter((one) => keys.has(one.key))).toHaveLength(1_200));
    await eventually(async () => expect(await eventsLeft()).toBe(0));
  });
});
