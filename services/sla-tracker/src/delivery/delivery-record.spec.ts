import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NOTHING_KNOWN, observe, type DeliveryRecord } from './delivery-record.js';
import { standingOf } from './delivery-standing.js';
import type { Observation } from './observation.js';

const fold = (observations: readonly Observation[]): DeliveryRecord => observations.reduce(observe, NOTHING_KNOWN);

const at = fc.integer({ min: 0, max: 50 }); // few instants, so that ties happen
const code = fc.option(fc.constantFrom(130429, 131026, 132015), { nil: undefined });
const post = { attempt: fc.integer({ min: 1, max: 3 }), epoch: fc.integer({ min: 1, max: 2 }) };
const hash = fc.option(fc.constantFrom('h-1', 'h-2'), { nil: undefined });

const anObservation: fc.Arbitrary<Observation> = fc.oneof(
  fc.record({
    kind: fc.constant('planned' as const),
    recipientId: fc.constant('adv-1'),
    shardId: fc.constant('shard-1'),
    language: fc.constant('en'),
    contentPackId: fc.constant('p'),
    fallback: fc.boolean(),
    dueAt: at,
  }),
  fc.record({
    kind: fc.constant('attempted' as const),
    ...post,
    outcome: fc.constantFrom('not_sent' as const, 'ambiguous' as const, 'rejected' as const, 'accepted' as const, 'held' as const),
    shardId: fc.constantFrom('shard-1', 'shard-2'),
    phoneNumberId: fc.constantFrom('n-1', 'n-2'),
    startedAt: at,
    finishedAt: fc.option(at, { nil: undefined }),
    wamidHash: hash,
    errorCode: code,
  }),
  fc.record({
    kind: fc.constant('settled' as const),
    outcome: fc.constantFrom('accepted' as const, 'failed' as const, 'suppressed' as const, 'expired' as const),
    reason: fc.option(fc.constantFrom('consent', 'window-closed'), { nil: undefined }),
    errorCode: code,
    acceptedStartedAt: fc.option(at, { nil: undefined }),
    settledAt: at,
  }),
  fc.record({
    kind: fc.constant('moved' as const),
    toShardId: fc.constantFrom('shard-2', 'shard-3'),
    reason: fc.constant('halted'),
    movedAt: at,
  }),
  fc.record({
    kind: fc.constant('status' as const),
    ...post,
    status: fc.constantFrom('sent' as const, 'delivered' as const, 'read' as const, 'failed' as const),
    occurredAt: at,
    wamidHash: hash,
    phoneNumberId: fc.option(fc.constantFrom('n-1', 'n-2'), { nil: undefined }),
    errorCode: code,
  }),
);

/** As Postgres gives it back: jsonb keeps no order of keys. */
const throughStore = (record: DeliveryRecord): DeliveryRecord =>
  JSON.parse(
    JSON.stringify(record, (_, value: unknown) =>
      value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).reverse()) : value,
    ),
  ) as DeliveryRecord;

describe(observe.name, () => {
  it('comes to the same in any order and with any repetition', () => {
    fc.assert(
      fc.property(
        fc
          .array(anObservation, { maxLength: 10 })
          .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }))),
        ([all, shuffledTwice]) => {
          expect(fold(shuffledTwice)).toEqual(fold(all));
          expect(standingOf(fold(shuffledTwice))).toEqual(standingOf(fold(all)));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('comes to the same when it is stored and read between any two events', () => {
    fc.assert(
      fc.property(fc.array(anObservation, { maxLength: 10 }), (all) => {
        const stored = all.reduce((record, observation) => throughStore(observe(record, observation)), NOTHING_KNOWN);

        expect(stored).toEqual(fold(all));
      }),
    );
  });

  it('says by identity that there was nothing new', () => {
    fc.assert(
      fc.property(fc.array(anObservation, { minLength: 1, maxLength: 10 }), (all) => {
        const record = fold(all);

        for (const observation of all) expect(observe(record, observation)).toBe(record);
      }),
    );
  });
});
