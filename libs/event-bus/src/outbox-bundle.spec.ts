import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bundle, bundlesOf, unbundle } from './outbox-bundle.js';
import type { OutgoingRecord } from './record-codec.js';

const ascii = (minLength: number) => fc.string({ unit: 'grapheme-ascii', minLength, maxLength: 60 });
const records = fc.array(
  fc
    .record({ key: ascii(1), eventId: ascii(0), value: fc.option(fc.uint8Array({ maxLength: 300 }), { nil: null }) })
    .map(({ key, eventId, value }): OutgoingRecord => ({
      topic: 'a.topic',
      key,
      value: value === null ? null : Buffer.from(value),
      headers: { ce_id: eventId, schema: 'a.Schema' },
    })),
);

const aRecord = (bytes: number): OutgoingRecord => ({ topic: 'a.topic', key: 'k', value: Buffer.alloc(bytes), headers: { ce_id: 'i' } });

describe(bundle.name, () => {
  it('gives back every key, id, value and tombstone, in order', () => {
    fc.assert(
      fc.property(records, (all) => {
        expect(unbundle(bundle(all))).toEqual(all.map(({ key, headers, value }) => ({ key, eventId: headers['ce_id'], value })));
      }),
    );
  });
});

describe(bundlesOf.name, () => {
  it('keeps all records and their order', () => {
    fc.assert(fc.property(records, (all) => expect(bundlesOf(all).flat()).toEqual(all)));
  });

  it.each([
    ['a thousand events in a row', Array.from({ length: 2_001 }, () => aRecord(10)), [1_000, 1_000, 1]],
    ['a megabyte in a row', Array.from({ length: 5 }, () => aRecord(400_000)), [2, 2, 1]],
    ['an event alone that is larger than others together', [aRecord(900_000), aRecord(200_000)], [1, 1]],
    ['nothing where there is nothing', [], []],
  ])('puts at most %s', (_, all, sizes) => {
    expect(bundlesOf(all).map((one) => one.length)).toEqual(sizes);
  });
});
