import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { isAppError } from '@daybreak/kernel';
import type { Kafka, ProducerBatch } from 'kafkajs';
import type { OutgoingRecord } from './record-codec.js';
import { RecordProducer } from './record-producer.js';

/** A broker that acknowledges when told, and counts what is on the wire at once. */
class FakeKafka {
  readonly batches: ProducerBatch[] = [];
  readonly disconnected: number[] = [];
  producers = 0;
  mostInFlight = 0;
  answer: () => Promise<void> = () => Promise.resolve();
  private inFlight = 0;

  producer(): unknown {
    const id = (this.producers += 1);
    return {
      connect: () => Promise.resolve(),
      disconnect: () => Promise.resolve(void this.disconnected.push(id)),
      sendBatch: async (batch: ProducerBatch) => {
        this.batches.push(batch);
        this.mostInFlight = Math.max(this.mostInFlight, (this.inFlight += 1));
        await this.answer().finally(() => (this.inFlight -= 1));
      },
    };
  }

  get keys(): string[][] {
    return this.batches.map((batch) => (batch.topicMessages ?? []).flatMap(({ messages }) => messages.map((m) => String(m.key))));
  }
}

const record = (key: string, value = 'v', topic = 'daybreak.a.b.v1'): OutgoingRecord => ({
  topic,
  key,
  value: Buffer.from(value),
  headers: {},
});

describe(RecordProducer.name, () => {
  let kafka: FakeKafka;
  let sut: RecordProducer;
  beforeEach(() => {
    const fake = (kafka = new FakeKafka());
    sut = new RecordProducer(() => fake as unknown as Kafka, 'ns');
  });

  it('has one batch in flight, and sends what came meanwhile together with the next', async () => {
    const first = sut.send([record('a')]);
    await new Promise(setImmediate);
    const others = ['b', 'c', 'd'].map((key) => sut.send([record(key)]));
    await Promise.all([first, ...others]);

    expect(kafka.keys).toEqual([['a'], ['b', 'c', 'd']]);
    expect(kafka.mostInFlight).toBe(1);
  });

  it('adds the namespace to the topic', async () => {
    await sut.send([record('a', 'v', 'daybreak.x.y.v1')]);

    expect(kafka.batches[0]?.topicMessages?.map(({ topic }) => topic)).toEqual(['ns.daybreak.x.y.v1']);
  });

  it('never puts more into one batch than a broker takes, in the order it came', async () => {
    const keys = Array.from({ length: 10 }, (_, i) => `k${i}`);

    await sut.send(keys.map((key) => record(key, 'x'.repeat(200_000))));

    expect(kafka.keys.flat()).toEqual(keys);
    expect(kafka.keys.every((batch) => batch.length <= 4)).toBe(true);
  });

  it('tells the caller to back off, and goes on with a new producer, when a batch fails', async () => {
    kafka.answer = jest.fn<() => Promise<void>>().mockRejectedValueOnce(new Error('disconnected')).mockResolvedValue(undefined);

    const failed: unknown = await sut.send([record('a')]).catch((error: unknown) => error);
    await sut.send([record('b')]);

    expect(isAppError(failed) && failed.retry).toEqual({ kind: 'backoff' });
    expect([kafka.producers, kafka.disconnected]).toEqual([2, [1]]);
  });

  it('does not send what has waited too long', async () => {
    let acknowledge = (): void => undefined;
    kafka.answer = () => new Promise((resolve) => (acknowledge = resolve));
    const first = sut.send([record('a')]);
    await new Promise(setImmediate);

    await expect(sut.send([record('late')], { timeoutMs: 5 })).rejects.toThrow('within 5 ms');
    acknowledge();
    await first;
    await new Promise(setImmediate);

    expect(kafka.keys).toEqual([['a']]);
  });

  it('does not let through what is on its way when its time is up, and goes on with a new producer', async () => {
    kafka.answer = () => new Promise(() => undefined);

    await expect(sut.send([record('a')], { timeoutMs: 5, cutOff: true })).rejects.toThrow('within 5 ms');
    kafka.answer = () => Promise.resolve();
    await sut.send([record('b')]);

    expect([kafka.producers, kafka.disconnected, kafka.keys]).toEqual([2, [1], [['a'], ['b']]]);
  });

  it('refuses to hold more than its memory allows while Kafka is away', async () => {
    kafka.answer = () => new Promise(() => undefined);
    const big = Array.from({ length: 80 }, (_, i) => record(`k${i}`, 'x'.repeat(850_000)));

    await expect(sut.send(big)).rejects.toThrow('too much waits');
  });

  it('sends what it has before it closes, and nothing after', async () => {
    const last = sut.send([record('a')]);

    await sut.close();

    await expect(last).resolves.toBeUndefined();
    await expect(sut.send([record('b')])).rejects.toThrow('shutting down');
    expect(kafka.disconnected).toEqual([1]);
  });
});
