import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { ConsumerConfig, Kafka } from 'kafkajs';
import { CONSUMER_TUNING } from './consumer-tuning.js';
import { GroupConsumer } from './group-consumer.js';
import { kafkaClient } from './kafka-client.js';
import type { TopicPump } from './topic-pump.js';

const EVENTS = { GROUP_JOIN: 'join', FETCH_START: 'fetch-start', FETCH: 'fetch', HEARTBEAT: 'heartbeat', CRASH: 'crash' } as const;

/** kafkajs as far as a membership sees it; `emit` says what happens to the newest consumer. */
class FakeKafka {
  consumers = 0;
  running = 0;
  disconnects = 0;
  connect: () => Promise<void> = () => Promise.resolve();
  disconnect: () => Promise<void> = () => Promise.resolve();
  run: () => Promise<void> = () => Promise.resolve();
  private listeners: [event: string, listener: (event: unknown) => void][] = [];

  asked: ConsumerConfig | undefined;

  consumer(asked: ConsumerConfig): unknown {
    this.asked = asked;
    this.consumers += 1;
    const listeners = (this.listeners = [] as typeof this.listeners);
    return {
      events: EVENTS,
      on: (event: string, listener: (event: unknown) => void) => void listeners.push([event, listener]),
      connect: () => this.connect(),
      subscribe: () => Promise.resolve(),
      run: () => this.run().then(() => void (this.running += 1)),
      disconnect: () => this.disconnect().then(() => void (this.disconnects += 1)),
    };
  }

  admin(): unknown {
    return { connect: () => Promise.resolve(), disconnect: () => Promise.resolve(), fetchTopicOffsets: () => Promise.resolve([]) };
  }

  emit(event: string, payload: unknown = {}): void {
    for (const [name, listener] of this.listeners) if (name === event) listener({ payload });
  }
}

describe(GroupConsumer.name, () => {
  let kafka: FakeKafka;
  let busyMs: number;
  let sut: GroupConsumer;

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    jest.useFakeTimers();
    kafka = new FakeKafka();
    busyMs = 0;
    const pump = { busyMs: () => busyMs, stop: () => undefined } as unknown as TopicPump;
    sut = new GroupConsumer({
      kafka: kafka as unknown as Kafka,
      groupId: 'ns.specimen',
      pumps: new Map([['ns.t', pump]]),
      tuning: { ...CONSUMER_TUNING, fetchMinBytes: 1_000 },
    });
  });
  afterEach(async () => {
    kafka.emit(EVENTS.FETCH_START); // or it would wait for that
    await sut.stop();
    jest.useRealTimers();
  });

  const passes = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

  it('has a fetch wait for as much as it was told, and no longer', async () => {
    sut.start();
    await passes(0);

    expect(kafka.asked).toMatchObject({ minBytes: 1_000, maxWaitTimeInMs: CONSUMER_TUNING.fetchWaitMs });
  });

  it('starts a new consumer when kafkajs gives up for good, and leaves alone what kafkajs restarts', async () => {
    sut.start();
    await passes(0);

    kafka.emit(EVENTS.CRASH, { restart: true, error: new Error('no broker') });
    await passes(20_000);
    expect(kafka.consumers).toBe(1);
    kafka.emit(EVENTS.CRASH, { restart: false, error: new Error('not authorised') });
    await passes(20_000);

    expect([kafka.consumers, kafka.running, kafka.disconnects]).toEqual([2, 2, 1]);
  });

  it('keeps trying while Kafka is away at the start', async () => {
    kafka.connect = () => Promise.reject(new Error('connect ECONNREFUSED'));
    sut.start();
    await passes(60_000);
    const tries = kafka.consumers;
    kafka.connect = () => Promise.resolve();

    await passes(20_000);

    expect(tries).toBeGreaterThan(3);
    expect(kafka.running).toBe(1);
  });

  it('does not begin again once it was stopped', async () => {
    kafka.connect = () => Promise.reject(new Error('connect ECONNREFUSED'));
    sut.start();
    await passes(0);
    await sut.stop();

    await passes(60_000);

    expect(kafka.consumers).toBe(1);
  });

  it.each(['the first time', 'again'])('leaves when it has joined, and not while it does: %s', async (time) => {
    if (time === 'the first time') kafka.run = () => new Promise(() => undefined);
    sut.start();
    await passes(0);
    if (time === 'again') kafka.emit(EVENTS.CRASH, { restart: true });

    const stopping = sut.stop();
    await passes(0);
    expect(kafka.disconnects).toBe(0);
    kafka.emit(EVENTS.FETCH_START);
    await stopping;

    expect(kafka.disconnects).toBe(1);
  });

  it('is dead when kafkajs has shown no sign of life for two minutes, and alive while brokers are away', async () => {
    sut.start();
    await passes(119_000);
    expect(() => sut.assertAlive()).not.toThrow();
    kafka.emit(EVENTS.CRASH, { restart: true });
    await passes(119_000);
    expect(() => sut.assertAlive()).not.toThrow();

    await passes(2_000);

    expect(() => sut.assertAlive()).toThrow('ns.specimen has fallen silent');
  });

  it('is dead when a handler does not return, but not because one is slow', async () => {
    sut.start();
    await passes(200_000);
    busyMs = 200_000;
    expect(() => sut.assertAlive()).not.toThrow();

    busyMs = 300_001;

    expect(() => sut.assertAlive()).toThrow('does not return');
  });

  it('survives the end of a pause at a moment when kafkajs has no group', async () => {
    const place = { topic: 'ns.t', partition: 0 };
    const theirs = kafkaClient({ NAMESPACE: 'ns', KAFKA_BROKERS: ['127.0.0.1:1'] }, 'specimen').consumer({ groupId: 'g' });
    expect(() => theirs.resume([{ topic: place.topic, partitions: [place.partition] }])).toThrow('not initialized');
    jest.spyOn(kafka, 'consumer').mockReturnValue({ ...theirs, connect: () => new Promise(() => undefined) });
    sut.start();
    await passes(0);

    expect(() => sut.resume(place)).not.toThrow();
  });

  it('stops also when kafkajs cannot leave its group in good order', async () => {
    sut.start();
    await passes(0);
    kafka.disconnect = () => Promise.reject(new Error('broker gone'));

    await expect(sut.stop()).resolves.toBeUndefined();
  });

  it('has caught up when a fetch waited in vain, even where compaction left nothing up to the end', async () => {
    const caughtUp = jest.fn();
    void sut.progress.caughtUp.then(caughtUp);
    jest.spyOn(kafka, 'admin').mockReturnValue({
      connect: () => Promise.resolve(),
      disconnect: () => Promise.resolve(),
      fetchTopicOffsets: () => Promise.resolve([{ partition: 0, low: '0', high: '7' }]),
    });
    sut.start();
    await passes(0);
    kafka.emit(EVENTS.GROUP_JOIN);
    await passes(0);
    kafka.emit(EVENTS.FETCH_START, { nodeId: 1 });
    kafka.emit(EVENTS.FETCH, { nodeId: 1, duration: 3 });
    await passes(0);
    expect(caughtUp).not.toHaveBeenCalled();

    kafka.emit(EVENTS.FETCH, { nodeId: 1, duration: CONSUMER_TUNING.fetchWaitMs });
    await passes(0);

    expect(caughtUp).toHaveBeenCalled();
  });

  it('has caught up when it passed the ends that were there when it joined', async () => {
    const caughtUp = jest.fn();
    void sut.progress.caughtUp.then(caughtUp);
    jest.spyOn(kafka, 'admin').mockReturnValue({
      connect: () => Promise.resolve(),
      disconnect: () => Promise.resolve(),
      fetchTopicOffsets: () =>
        Promise.resolve([
          { partition: 0, low: '0', high: '7' },
          { partition: 1, low: '3', high: '3' },
        ]),
    });
    sut.start();
    await passes(0);
    kafka.emit(EVENTS.GROUP_JOIN);
    await passes(0);

    sut.passed({ topic: 'ns.t', partition: 0 }, '5');
    await passes(0);
    expect(caughtUp).not.toHaveBeenCalled();
    sut.passed({ topic: 'ns.t', partition: 0 }, '6');
    await passes(0);

    expect(caughtUp).toHaveBeenCalled();
  });
});
