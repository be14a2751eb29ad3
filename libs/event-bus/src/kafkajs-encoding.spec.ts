import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { quickenEncoding } from './kafkajs-encoding.js';

type Encode = (record: object) => { readonly buffer: Buffer };

const encode = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/record/v0') as Encode;

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));

const aRecord = fc.record({
  key: fc.oneof(fc.string({ maxLength: 300 }), bytes(300)),
  value: fc.option(fc.oneof(bytes(100), bytes(5_000))),
  headers: fc.dictionary(fc.string({ maxLength: 30 }), fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), bytes(200)), {
    noNullPrototype: true,
  }),
  offsetDelta: fc.nat(10_000),
  timestampDelta: fc.oneof(fc.nat(100), fc.integer({ min: -(2 ** 31), max: 2 ** 31 }), fc.maxSafeInteger()),
});

describe(quickenEncoding.name, () => {
  it('gives the same bytes as kafkajs, for small and large records, lengths and instants', () => {
    const records = fc.sample(aRecord, { numRuns: 500, seed: 1 });
    const hexOfAll = (): string[] => records.map((record) => encode(record).buffer.toString('hex'));
    const before = hexOfAll();

    quickenEncoding();

    expect(hexOfAll()).toEqual(before);
  });
});
