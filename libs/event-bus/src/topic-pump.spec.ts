import { beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { create, toBinary } from '@bufbuild/protobuf';
import { RecipientUpsertedSchema, topics, type Topic } from '@daybreak/contracts';
import { drop } from '@daybreak/kernel';
import { metrics } from '@daybreak/observability';
import { Logger } from '@nestjs/common';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { CONSUMER_TUNING } from './consumer-tuning.js';
import type { DeadRecord } from './dead-letters.js';
import type { BatchHandler } from './dispatch.js';
import { TopicPump, type Membership } from './topic-pump.js';

const POISON = Buffer.from('0a0361ff', 'hex');
const value = (recipientId: string): Buffer =>
  Buffer.from(toBinary(RecipientUpsertedSchema, create(RecipientUpsertedSchema, { recipientId })));

describe(TopicPump.name, () => {
  let log: string[];
  let handler: jest.Mock<BatchHandler>;
  let sendDeadLetters: jest.Mock<(group: string, dead: readonly DeadRecord[]) => Promise<void>>;
  let membership: jest.Mocked<Membership>;
  let running: boolean;

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    log = [];
    running = true;
    handler = jest.fn<BatchHandler>((received) => {
      log.push(`handled ${received.map((r) => r.key).join()}`);
      return Promise.resolve(undefined);
    });
    sendDeadLetters = jest.fn((_group, dead: readonly DeadRecord[]) => {
      log.push(`dead ${dead.map((d) => d.message.key?.toString()).join()}`);
      return Promise.resolve();
    });
    membership = { pause: jest.fn(), resume: jest.fn(), passed: jest.fn() };
  });

  const pump = (over: { maxBatchEvents?: number; commits?: boolean; spacingMs?: number } = {}): TopicPump =>
    new TopicPump({
      topic: topics.recipientUpserted as unknown as Topic,
      handlers: [handler],
      group: 'specimen',
      deadLetters: { send: sendDeadLetters },
      commits: over.commits ?? true,
      tuning: { ...CONSUMER_TUNING, maxPauseMs: 10, maxBatchEvents: over.maxBatchEvents ?? 100, spacingMs: over.spacingMs ?? 0 },
    });

  /** One partition's part of a fetch, its offsets counted from 0. */
  const part = (partition: number, values: Record<string, Buffer>, lag = 0): EachBatchPayload => {
    const messages = Object.entries(values).map(
      ([key, bytes], offset) =>
        ({ key: Buffer.from(key), value: bytes, offset: String(offset), timestamp: '0', headers: {} }) as unknown as KafkaMessage,
    );
    return {
      batch: { topic: 'ns.topic', partition, messages, offsetLag: () => String(lag) },
      isRunning: () => running,
      isStale: () => false,
      resolveOffset: (offset: string) => void log.push(`passed ${partition}/${offset}`),
      uncommittedOffsets: () => ({ topics: [] }),
      commitOffsetsIfNecessary: () => Promise.resolve(void log.push('commit')),
      heartbeat: () => Promise.resolve(),
    } as unknown as EachBatchPayload;
  };

  it('puts the partitions of one fetch together into one call and one commit', async () => {
    const sut = pump();

    await Promise.all([part(0, { a: value('a'), b: value('b') }), part(1, { c: value('c') })].map((p) => sut.handle(p, membership)));

    expect(log).toEqual(['handled a,b,c', 'passed 0/1', 'passed 1/0', 'commit']);
  });

  describe('between two fetches', () => {
    const HOUR_MS = 3_600_000;
    const fetchedAgain = async (fetched: Promise<void>): Promise<boolean> => {
      let again = false;
      void fetched.then(() => (again = true));
      while (!log.includes('commit')) await new Promise(setImmediate);
      await new Promise(setImmediate);
      return again;
    };

    it('rests when everything is read, so that events that trickle in come together', async () => {
      const sut = pump({ spacingMs: HOUR_MS });
      const fetched = sut.handle(part(0, { a: value('a') }), membership);

      expect(await fetchedAgain(fetched)).toBe(false);
      sut.stop();
      await fetched;
    });

    it('does not rest while more lies there', async () => {
      const sut = pump({ spacingMs: HOUR_MS });

      expect(await fetchedAgain(sut.handle(part(0, { a: value('a') }, 1), membership))).toBe(true);
    });
  });

  it('moves an offset only after the dead letter is there', async () => {
    await pump().handle(part(0, { a: value('a'), bad: POISON, b: value('b') }), membership);

    expect(log).toEqual(['handled a,b', 'dead bad', 'passed 0/2', 'commit']);
  });

  it('moves nothing and pauses while the dead-letter topic is away', async () => {
    sendDeadLetters.mockRejectedValueOnce(new Error('Kafka is away'));

    await pump().handle(part(0, { a: value('a'), bad: POISON }), membership);

    expect(log).toEqual(['handled a']);
    expect(membership.pause).toHaveBeenCalledWith({ topic: 'ns.topic', partition: 0 });
  });

  it('hands over large fetches in slices, each settled before the next', async () => {
    await pump({ maxBatchEvents: 2 }).handle(part(0, { a: value('a'), b: value('b'), c: value('c') }), membership);

    expect(log).toEqual(['handled a,b', 'passed 0/1', 'commit', 'handled c', 'passed 0/2', 'commit']);
  });

  it('keeps what was settled when a later slice finds a store away, pauses only what is left, and resumes it', async () => {
    handler.mockImplementationOnce(() => Promise.resolve(undefined)).mockRejectedValueOnce(new Error('store away'));
    const sut = pump({ maxBatchEvents: 2 });

    await Promise.all([part(0, { a: value('a'), b: value('b') }), part(1, { c: value('c') })].map((p) => sut.handle(p, membership)));

    expect(log).toEqual(['passed 0/1', 'commit']);
    expect(membership.pause.mock.calls).toEqual([[{ topic: 'ns.topic', partition: 1 }]]);
    await new Promise((resolve) => setTimeout(resolve, 20)); // maxPauseMs is 10
    expect(membership.resume.mock.calls).toEqual([[{ topic: 'ns.topic', partition: 1 }]]);
  });

  it('forgets its pauses when it stops: kafkajs may have no group any more that could go on', async () => {
    handler.mockRejectedValueOnce(new Error('store away'));
    const sut = pump();
    await sut.handle(part(0, { a: value('a') }), membership);
    const paused = async (): Promise<number> =>
      (await metrics.busPartitionsPaused.get()).values.find(({ labels }) => labels.topic === topics.recipientUpserted.name)?.value ?? 0;
    await expect(paused()).resolves.toBe(1);

    sut.stop();

    await expect(paused()).resolves.toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 20)); // maxPauseMs is 10
    expect(membership.resume).not.toHaveBeenCalled();
  });

  it('dead-letters an event once, though two handlers reject it', async () => {
    const reject: BatchHandler = (received) => Promise.resolve(received.map((r) => ({ received: r, error: drop('wrong') })));
    const sut = new TopicPump({
      topic: topics.recipientUpserted as unknown as Topic,
      handlers: [reject, reject],
      group: 'specimen',
      deadLetters: { send: sendDeadLetters },
      commits: true,
      tuning: CONSUMER_TUNING,
    });

    await sut.handle(part(0, { a: value('a') }), membership);

    expect(sendDeadLetters.mock.calls.flatMap(([, dead]) => dead)).toHaveLength(1);
  });

  it('commits nothing for a projection that is read anew at each start', async () => {
    await pump({ commits: false }).handle(part(0, { a: value('a') }), membership);

    expect(log).toEqual(['handled a', 'passed 0/0']);
  });

  it('leaves alone what is no longer ours', async () => {
    running = false;

    await pump().handle(part(0, { a: value('a') }), membership);

    expect(log).toEqual([]);
  });

  it('tells kafkajs of a rebalance, once the batch in hand is settled', async () => {
    const payload = part(0, { a: value('a') });
    const rebalancing = new Error('The group is rebalancing');
    payload.heartbeat = () => Promise.reject(rebalancing);

    await expect(pump().handle(payload, membership)).rejects.toBe(rebalancing);

    expect(log).toEqual(['handled a', 'passed 0/0', 'commit']);
  });
});
