import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ATTEMPT_STATUSES, foldDelivery, furthest, hasReached, type AttemptStatus } from './delivery-status.js';

const aStatus = fc.constantFrom(...ATTEMPT_STATUSES);

describe(furthest.name, () => {
  it.each<[string, AttemptStatus, AttemptStatus, AttemptStatus]>([
    ['goes on', 'accepted', 'sent', 'sent'],
    ['never goes back', 'read', 'sent', 'read'],
    ['never un-delivers', 'delivered', 'failed', 'delivered'],
    ['delivers what had failed', 'failed', 'delivered', 'delivered'],
    ['fails what was sent', 'sent', 'failed', 'failed'],
    ['releases what was held', 'held', 'sent', 'sent'],
    ['reads without a delivered', 'sent', 'read', 'read'],
  ])('%s: %s + %s = %s', (_, held, observed, expected) => {
    expect(furthest(held, observed)).toBe(expected);
  });

  it('is commutative, associative and idempotent, so order and repetition cannot matter', () => {
    fc.assert(
      fc.property(aStatus, aStatus, aStatus, (a, b, c) => {
        expect(furthest(a, b)).toBe(furthest(b, a));
        expect(furthest(furthest(a, b), c)).toBe(furthest(a, furthest(b, c)));
        expect(furthest(a, a)).toBe(a);
      }),
    );
  });
});

describe(foldDelivery.name, () => {
  it.each<[string, AttemptStatus[], AttemptStatus | undefined]>([
    ['nothing', [], undefined],
    ['its only attempt', ['failed'], 'failed'],
    ['a good second attempt over a failed first', ['failed', 'accepted'], 'accepted'],
    ['a delivered first attempt over a failed second', ['delivered', 'failed'], 'delivered'],
    ['the further of two', ['sent', 'read'], 'read'],
  ])('is %s', (_, attempts, expected) => {
    expect(foldDelivery(attempts)).toBe(expected);
  });

  it('does not depend on the order of the attempts', () => {
    fc.assert(
      fc.property(
        fc.array(aStatus, { maxLength: 6 }).chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          expect(foldDelivery(shuffled)).toBe(foldDelivery(all));
        },
      ),
    );
  });
});

describe(hasReached.name, () => {
  it('is cumulative, and a failed one has reached nothing', () => {
    const rungs = ['accepted', 'sent', 'delivered', 'read'] as const;
    const reached = (status: AttemptStatus | undefined): string[] => rungs.filter((rung) => hasReached(status, rung));

    expect(reached('read')).toEqual(['accepted', 'sent', 'delivered', 'read']);
    expect(reached('sent')).toEqual(['accepted', 'sent']);
    expect(reached('held')).toEqual(['accepted']);
    expect(reached('failed')).toEqual([]);
    expect(reached(undefined)).toEqual([]);
  });
});
