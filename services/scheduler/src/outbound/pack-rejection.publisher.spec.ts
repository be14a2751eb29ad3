import { aContentPackReady } from '@daybreak/testing';
import { describe, expect, it } from '@jest/globals';
import { nameOf } from './pack-rejection.publisher.js';

describe(nameOf.name, () => {
  it.each([
    ['the id, also a wrong one', 'pack 1', 'key', 'pack 1'],
    ['the key where there is no id', '', 'key', 'key'],
    ['the key where the id holds what no key may', 'pack\0', 'key', 'key'],
    ['the event where neither can be a key', 'pack\0', 'schlüssel', 'event-1'],
  ])('is %s', (_, contentPackId, key, name) => {
    expect(nameOf({ event: aContentPackReady({ contentPackId }), key, eventId: 'event-1' })).toBe(name);
  });
});
