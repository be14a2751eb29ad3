import { createRequire } from 'node:module';
import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { quickenEncoding } from './kafkajs-encoding.js';
import type { ProduceRequest } from './produce-request.js';

interface Request {
  readonly apiVersion: number;
  readonly encode: () => Promise<{ readonly buffer: Buffer }>;
}

type Versions = (asked: { readonly version: number }) => (request: ProduceRequest) => { readonly request: Request };

const require = createRequire(import.meta.url);
const { protocol } = require('kafkajs/src/protocol/requests/produce') as { readonly protocol: Versions };
const Long = require('kafkajs/src/utils/long') as { fromString(text: string): object };

const NOW_MS = 1_795_480_288_037;

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const text = fc.oneof(fc.string({ maxLength: 100 }), fc.string({ unit: 'binary', maxLength: 200 }));

/** As of one outbox row: an id of their own, and all else in common. Some are of another row, or lack something. */
const ofARow = fc
  .tuple(
    text,
    fc.constantFrom(
      ...[
        { ce_type: 'a', schema: 'daybreak.a.v1.A' },
        { ce_type: 'a', schema: 'daybreak.a.v1.B' },
        { ce_type: 'a' },
        { schema: 'ä', ce_type: 'a' },
        {},
      ],
    ),
  )
  .map(([eventId, others]): Record<string, string> => ({ ce_id: eventId, ...others }));

const aMessage = fc.record(
  {
    key: fc.option(fc.oneof(text, bytes(300))),
    value: fc.option(fc.oneof({ weight: 4, arbitrary: bytes(300) }, bytes(9_000), text)),
    headers: fc.oneof(fc.dictionary(text, text, { noNullPrototype: true }), ofARow),
  },
  { requiredKeys: ['key', 'value'] },
);

const aRequest = fc.record(
  {
    acks: fc.constantFrom(-1, 1),
    timeout: fc.nat(60_000),
    transactionalId: fc.option(text),
    producerId: fc.oneof(
      fc.bigInt({ min: -1n, max: 2n ** 63n - 1n }).map(String), // as a broker's answer brings it
      fc.maxSafeNat(),
      fc.bigInt({ min: -1n, max: 2n ** 63n - 1n }).map((id) => Long.fromString(String(id))),
    ),
    producerEpoch: fc.nat(32_767),
    topicData: fc.array(
      fc.record({
        topic: text,
        partitions: fc.array(
          fc.record({ partition: fc.nat(23), firstSequence: fc.nat(), messages: fc.array(aMessage, { minLength: 1, maxLength: 70 }) }),
          { maxLength: 3 },
        ),
      }),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: ['acks', 'timeout', 'topicData'] },
);

const OF_ANOTHER_KIND: ProduceRequest = {
  ...{ acks: -1, timeout: 1 },
  topicData: [
    {
      topic: 'a',
      partitions: [
        { partition: 0, firstSequence: 0, messages: [{ key: 'k', value: 'v', headers: { bytes: Buffer.from('b') }, timestamp: 77 }] },
      ],
    },
  ],
};

describe(quickenEncoding.name, () => {
  it('gives the same bytes as kafkajs, whatever is published, in every version of the request', async () => {
    const requests = [...fc.sample(aRequest, { numRuns: 300, seed: 1 }), OF_ANOTHER_KIND];
    const hexOf = async (request: ProduceRequest, version: number) =>
      (await protocol({ version })(request).request.encode()).buffer.toString('hex');
    const theirClock = jest.spyOn(Date, 'now').mockReturnValue(NOW_MS);
    const theirs = await Promise.all(requests.map((request) => hexOf(request, 3)));

    theirClock.mockReturnValue(0); // whatever is still stamped by it is not ours
    quickenEncoding({ nowMs: () => NOW_MS + 0.7 });

    for (const version of [3, 4, 5, 6, 7]) expect(await Promise.all(requests.map((request) => hexOf(request, version)))).toEqual(theirs);
    theirClock.mockRestore();
  });

  it('leaves the number of the version to kafkajs', () => {
    quickenEncoding();

    expect(protocol({ version: 7 })(OF_ANOTHER_KIND).request.apiVersion).toBe(7);
  });
});
