import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { ObservedStatus, ReferenceKind, topics } from '@daybreak/contracts';
import { aDeliveryAttempted, aDeliveryPlanned, aDeliverySettled, aDeliveryStatusObserved } from '@daybreak/testing';
import { describe, expect, it } from '@jest/globals';
import {
  observationOf,
  observedOfAttempted,
  observedOfPlanned,
  observedOfSettled,
  observedOfStatus,
  statusKeyOf,
} from './observed.mapper.js';
import type { Observed } from './observed.js';

const planned = aDeliveryPlanned();
const eventId = 'e-1';

describe('events of a delivery', () => {
  it('come back from what is kept of them as they were folded', () => {
    const events = [
      observedOfAttempted({ eventId, event: aDeliveryAttempted(planned) }),
      observedOfSettled({ eventId, event: aDeliverySettled(planned) }),
      observedOfStatus({ event: aDeliveryStatusObserved(planned) }) as Observed,
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

    expect(observedOfStatus({ event })).toMatchObject({
      observation: undefined,
      raw: { topic: topics.deliveryStatusObserved.name },
    });
  });

  it('gives a status without reference to whoever knows its message', () => {
    const event = aDeliveryStatusObserved(planned, { referenceKind: ReferenceKind.UNSPECIFIED, deliveryId: '', runId: '' });

    expect(observedOfStatus({ event })).toEqual({ statusKey: statusKeyOf(event), wamidHash: event.wamidHash, event });
  });

  it('is refused at once without a stamp, whether or not its message is known: it could never be folded', () => {
    const { occurredAt: _, ...unstamped } = aDeliveryStatusObserved(planned, { referenceKind: ReferenceKind.UNSPECIFIED });

    expect(() => observedOfStatus({ event: unstamped })).toThrow('occurred_at');
    expect(() => observedOfStatus({ event: { ...unstamped, referenceKind: ReferenceKind.DELIVERY } })).toThrow('occurred_at');
  });

  it.each([ReferenceKind.REPLY, ReferenceKind.WARM_UP, ReferenceKind.CANARY, ReferenceKind.TEST])(
    'takes no notice of kind %s',
    (referenceKind) => {
      expect(observedOfStatus({ event: aDeliveryStatusObserved(planned, { referenceKind }) })).toBeUndefined();
    },
  );
});

describe(statusKeyOf.name, () => {
  const event = aDeliveryStatusObserved(planned);

  it('is the same for the same statement, with our reference or without, whenever it was heard', () => {
    const again = { ...event, referenceKind: ReferenceKind.UNSPECIFIED, deliveryId: '', attempt: 0, observedAt: timestampFromMs(1) };

    expect(statusKeyOf(again)).toBe(statusKeyOf(event));
  });

  it.each([
    ['message', { wamidHash: 'another' }],
    ['word', { status: ObservedStatus.READ }],
    ['unknown word', { status: ObservedStatus.UNSPECIFIED, rawStatus: 'teleported' }],
    ['stamp', { occurredAt: timestampFromMs(0) }],
    ['code', { errorCode: 131026 }],
  ])('is another for another %s', (_, over) => {
    expect(statusKeyOf({ ...event, ...over })).not.toBe(statusKeyOf(event));
  });
});
