import { create, fromBinary } from '@bufbuild/protobuf';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RecipientUpsertedSchema, ShardStateSchema, topics, type DeadLetter, type RecipientUpserted } from '@daybreak/contracts';
import { drop, invalid } from '@daybreak/kernel';
import { deadLetterContext } from '../src/dead-letters.js';
import { KafkaBatchServer } from '../src/kafka-batch-server.js';
import type { OutgoingRecord } from '../src/record-codec.js';
import { aNamespace, aRecipient, eventually, type Namespace, type Seen } from './a-namespace.js';
import { sealer, startSpecimen, type RunningSpecimen } from './specimen.js';

const TOPIC = topics.recipientUpserted;
const JSON_HEADERS = { 'content-type': 'application/json' };

describe(KafkaBatchServer.name, () => {
  let namespace: Namespace;
  let running: RunningSpecimen;
  let deadLetters: Seen<DeadLetter>[];

  beforeAll(async () => {
    namespace = await aNamespace();
    deadLetters = await namespace.watch(topics.deadLetter);
  });
  afterAll(() => namespace.drop());

  beforeEach(async () => {
    running = await startSpecimen(namespace.config);
  });
  afterEach(() => running.stop());

  const publish = (...events: RecipientUpserted[]): Promise<void> => namespace.publisher.publish(TOPIC, events);
  const sendRaw = (record: Omit<OutgoingRecord, 'topic'>): Promise<void> => namespace.bus.producer.send([{ topic: TOPIC.name, ...record }]);
  const many = (count: number): RecipientUpserted[] => Array.from({ length: count }, () => aRecipient());
  const handled = (): Set<string> => new Set(running.specimen.keys);
  const idsOf = (events: readonly RecipientUpserted[]): Set<string> => new Set(events.map((event) => event.recipientId));

  const letterOf = (key: string): Promise<DeadLetter> =>
    eventually(() => {
      const letter = deadLetters.find((seen) => seen.key === key)?.event;
      if (letter === undefined) throw new Error(`no dead letter for ${key} yet`);
      return letter;
    });
  const opened = (letter: DeadLetter): Buffer =>
    Buffer.from(sealer.openBytes(letter.value, deadLetterContext(letter.topic, letter.partition, letter.offset.toString())));

  it('hands over events in arrays, each with its id and key', async () => {
    const events = many(300);

    await publish(...events);

    await eventually(() => expect(handled()).toEqual(idsOf(events)));
    expect(running.specimen.calls).toBeLessThan(30);
    expect(new Set(running.specimen.handled.map((received) => received.eventId)).size).toBe(300);
    expect(running.specimen.handled[0]).toMatchObject({ topic: TOPIC.name, event: { tenantId: 'main' } });
  });

  it('delivers a tombstone as an event that is gone', async () => {
    const event = aRecipient();

    await publish(event);
    await namespace.publisher.tombstone(TOPIC, [event.recipientId]);

    await eventually(() => expect(running.specimen.keys).toEqual([event.recipientId, event.recipientId]));
    expect(running.specimen.handled.map((received) => received.event === undefined)).toEqual([false, true]);
  });

  it('takes canonical JSON where the content type says so, with fields it does not know yet', async () => {
    const value = Buffer.from(JSON.stringify({ recipientId: 'json-1', language: 'mr', newerField: 1 }));

    await sendRaw({ key: 'json-1', value, headers: JSON_HEADERS });

    await eventually(() => expect(running.specimen.handled.at(-1)?.event).toMatchObject({ recipientId: 'json-1', language: 'mr' }));
  });

  it('puts bytes that do not decode into the dead-letter topic, sealed, and goes on with the rest', async () => {
    const [before, after] = [aRecipient(), aRecipient()];
    const poison = Buffer.from('0a0361ff', 'hex');

    await publish(before);
    await sendRaw({ key: 'poison-1', value: poison, headers: { 'x-whatever': '+919812345678' } });
    await publish(after);

    const letter = await letterOf('poison-1');
    expect(letter).toMatchObject({ topic: TOPIC.name, reason: 'undecodable', consumerGroup: 'specimen', valueSealed: true, headers: {} });
    expect(opened(letter)).toEqual(poison);
    await eventually(() => expect(handled()).toEqual(idsOf([before, after])));
  });

  it('names the field, never the value, of JSON that does not fit', async () => {
    const value = Buffer.from(JSON.stringify({ recipientId: 'json-2', language: { secret: 'hunter2' } }));

    await sendRaw({ key: 'json-2', value, headers: JSON_HEADERS });

    const letter = await letterOf('json-2');
    expect(letter.violations).toMatchObject([{ field: 'language', reason: 'is not a daybreak.recipient.v1.RecipientUpserted' }]);
    expect(letter.detail).toBe('language is not a daybreak.recipient.v1.RecipientUpserted');
  });

  it('hashes a key that may be a phone number, and keeps the key itself sealed', async () => {
    await sendRaw({ key: '+919812345678', value: Buffer.from('ff', 'hex'), headers: {} });

    const letter = await eventually(() => {
      const found = deadLetters.find((seen) => seen.event?.sealedKey.length)?.event;
      if (found === undefined) throw new Error('not there yet');
      return found;
    });
    expect(deadLetters.map((seen) => seen.key)).not.toContain('+919812345678');
    const context = deadLetterContext(letter.topic, letter.partition, letter.offset.toString());
    expect(Buffer.from(sealer.openBytes(letter.sealedKey, context)).toString()).toBe('+919812345678');
  });

  it('dead-letters exactly what a handler rejects, with fields and reasons', async () => {
    running.specimen.behave = (batch) =>
      batch
        .filter((received) => received.event?.language === 'xx')
        .map((received) => ({ received, error: invalid({ field: 'language', reason: 'is not known' }) }));
    const good = many(2);
    const bad = aRecipient('xx');

    await publish(...good, bad);

    const letter = await letterOf(bad.recipientId);
    expect(letter).toMatchObject({ reason: 'invalid', violations: [{ field: 'language', reason: 'is not known' }], valueSealed: true });
    expect(fromBinary(RecipientUpsertedSchema, opened(letter))).toEqual(bad);
    await eventually(() => expect(handled()).toEqual(idsOf(good)));
  });

  it('finds the single event that makes a handler throw "drop", and handles all the others', async () => {
    const bad = aRecipient('yy');
    running.specimen.behave = (batch) => {
      if (batch.some((received) => received.event?.language === 'yy')) throw drop('no such language; asked by +919812345678');
      return undefined;
    };
    const good = many(99);

    await publish(...good.slice(0, 40), bad, ...good.slice(40));

    await expect(letterOf(bad.recipientId)).resolves.toMatchObject({ reason: 'dropped', detail: 'no such language; asked by [phone]' });
    await eventually(() => expect(handled()).toEqual(idsOf(good)));
  });

  it('waits while a store is away, then handles the same events: nothing is skipped', async () => {
    let away = true;
    running.specimen.behave = () => {
      if (away) throw new Error('connect ECONNREFUSED');
      return undefined;
    };
    const events = many(50);

    await publish(...events);
    await eventually(() => expect(running.specimen.calls).toBeGreaterThan(3));
    expect(running.specimen.handled).toHaveLength(0);
    away = false;

    await eventually(() => expect(handled()).toEqual(idsOf(events)));
    expect(deadLetters.map((seen) => seen.key)).not.toContain(events[0]?.recipientId);
  });

  it('comes back to where it stopped', async () => {
    const first = many(20);
    await publish(...first);
    await eventually(() => expect(handled()).toEqual(idsOf(first)));
    await running.stop();
    const second = many(5);
    await publish(...second);

    running = await startSpecimen(namespace.config);

    await eventually(() => expect(handled()).toEqual(idsOf(second)));
  });

  it('finishes the batch in hand before it stops, so that it does not come again', async () => {
    let finish = (): void => undefined;
    running.specimen.behave = () => new Promise((resolve) => (finish = () => resolve(undefined)));
    const events = many(10);
    await publish(...events);
    await eventually(() => expect(running.specimen.calls).toBe(1));

    const stopped = running.stop();
    finish();
    await stopped;
    expect(handled().size).toBeGreaterThan(0);
    const next = await startSpecimen(namespace.config);

    await eventually(() => expect(new Set([...handled(), ...next.specimen.keys])).toEqual(idsOf(events)));
    expect(next.specimen.keys).not.toEqual(expect.arrayContaining([running.specimen.keys[0]]));
    running = next;
  });

  it('gives every process the whole of a perInstance topic, and says when it has seen what lay there', async () => {
    const shardIds = ['shard-1', 'shard-2', 'shard-3'];
    await namespace.publisher.publish(
      topics.shardState,
      shardIds.map((shardId) => create(ShardStateSchema, { shardId })),
    );

    const other = await startSpecimen(namespace.config);
    await other.bus.caughtUp();

    expect(new Set(other.specimen.shards.map((received) => received.key))).toEqual(new Set(shardIds));
    await eventually(() => expect(new Set(running.specimen.shards.map((received) => received.key))).toEqual(new Set(shardIds)));
    await other.stop();
  });
});
