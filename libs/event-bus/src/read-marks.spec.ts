import { describe, expect, it } from '@jest/globals';
import { partitionOf } from './partition-of.js';
import { ReadMarks } from './read-marks.js';

const PARTITIONS = 3;

/** A key for each partition. */
const keyOf = (partition: number): string => {
  for (let i = 0; ; i++) if (partitionOf(Buffer.from(`key-${i}`), PARTITIONS) === partition) return `key-${i}`;
};

function setup() {
  const kafka = { low: [0, 0, 0], high: [5, 5, 0], committed: [5, 3, -1], isAway: false };
  const admin = {
    connect: () => (kafka.isAway ? Promise.reject(new Error('no broker')) : Promise.resolve()),
    disconnect: () => Promise.resolve(),
    fetchTopicOffsets: () =>
      Promise.resolve(
        kafka.high.map((high, partition) => ({ partition, offset: String(high), high: String(high), low: String(kafka.low[partition]) })),
      ),
    fetchOffsets: () =>
      Promise.resolve([
        { topic: 't', partitions: kafka.committed.map((offset, partition) => ({ partition, offset: String(offset), metadata: null })) },
      ]),
  };
  const sut = new ReadMarks({ namespace: '', kafka: { admin: () => admin } }, { group: 'g', topic: 't' });
  return { sut, kafka, marks: () => [0, 1, 2].map((partition) => sut.of(keyOf(partition))) };
}

describe(ReadMarks.name, () => {
  it('marks what has been read to its end, and what is empty, but not what lags', async () => {
    const { sut, marks } = setup();
    expect(marks()).toEqual(Array(3).fill(Number.NEGATIVE_INFINITY));

    await sut.look(100);

    expect(marks()).toEqual([100, Number.NEGATIVE_INFINITY, 100]);
  });

  it('gives a partition that lagged the mark of when it was asked about, although more came meanwhile', async () => {
    const { sut, kafka, marks } = setup();
    await sut.look(100);
    kafka.high = [5, 9, 0];
    kafka.committed = [5, 6, -1];

    await sut.look(200);

    expect(marks()).toEqual([200, 100, 200]);
  });

  it('moves nothing while Kafka is away', async () => {
    const { sut, kafka, marks } = setup();
    await sut.look(100);
    kafka.isAway = true;

    await expect(sut.look(200)).rejects.toThrow('no broker');

    expect(marks()[0]).toBe(100);
  });

  it('takes a partition whose events were all forgotten for read', async () => {
    const { sut, kafka, marks } = setup();
    kafka.low = [0, 0, 7];
    kafka.high = [5, 5, 7];

    await sut.look(100);

    expect(marks()[2]).toBe(100);
  });
});
