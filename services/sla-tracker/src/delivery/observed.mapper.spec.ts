import { ObservedStatus, ReferenceKind, topics } from '@daybreak/contracts';
import { aDeliveryAttempted, aDeliveryPlanned, aDeliverySettled, aDeliveryStatusObserved } from '@daybreak/testing';
import { describe, expect, it } from '@jest/globals';
import { observationOf, observedOfAttempted, observedOfPlanned, observedOfSettled, observedOfStatus } from './observed.mapper.js';
import type { Observed } from './observed.js';

const planned = aDeliveryPlanned();
const eventId = 'e-1';

describe('events of a delivery', () => {
  it('come back from what is kept of them as they were folded', () => {
    const events = [
      observedOfAttempted({ eventId, event: aDeliveryAttempted(planned) }),
      observedOfSettled({ eventId, event: aDeliverySettled(planned) }),
      observedOfStatus({ eventId, event: aDeliveryStatusObserved(planned) }) as Observed,
    ];

    for (const { observation, raw } of events) expect(raw && observationOf(raw)).toEqual(observation);
  });

  it('are not kept when they carry an address', () => {
    expect(observedOfPlanned({ eventId, event: planned }).raw).toBeUndefined();
  });

  it.each([
    ['delivery_id', { deliveryId: 'ABC' }],
    ['run_id', { runId: 'main-0600' }],
    ['attempt', { attempt: 0 }],
    ['attempt', { attempt: 1_000 }],
  ])('are refused with a bad %s', (field, over) => {
    expect(() => observedOfAttempted({ eventId, event: { ...aDeliveryAttempted(planned), ...over } })).toThrow(field);
  });
});

describe(observedOfStatus.name, () => {
  it('keeps a word that is not known, and makes nothing of it', () => {
    const event = aDeliveryStatusObserved(planned, { status: ObservedStatus.UNSPECIFIED, rawStatus: 'teleported' });

    expect(observedOfStatus({ eventId, event })).toMatchObject({
      observation: undefined,
      raw: { topic: topics.deliveryStatusObserved.name },
    });
  });

  it('gives a status without reference to whoever knows its message', () => {
    const event = aDeliveryStatusObserved(planned, { referenceKind: ReferenceKind.UNSPECIFIED, deliveryId: '', runId: '' });

    expect(observedOfStatus({ eventId, event })).toEqual({ eventId, wamidHash: event.wamidHash, event });
  });

  it.each([ReferenceKind.REPLY, ReferenceKind.WARM_UP, ReferenceKind.CANARY, ReferenceKind.TEST])(
    'takes no notice of kind %s',
    (referenceKind) => {
      expect(observedOfStatus({ eventId, event: aDeliveryStatusObserved(planned, { referenceKind }) })).toBeUndefined();
    },
  );
});
