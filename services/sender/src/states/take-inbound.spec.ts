import { describe, expect, it } from '@jest/globals';
import { manualClock } from '@daybreak/kernel';
import type { InboundCount, InboundRepository } from '../store/inbound.repository.js';
import { TakeInbound } from './take-inbound.js';

const NOW_MS = 1_000_000;

describe(TakeInbound.name, () => {
  it('counts what people wrote by number and second, and leaves an old backlog alone', async () => {
    const added: InboundCount[] = [];
    const inbound = { add: (counts: readonly InboundCount[]) => Promise.resolve(void added.push(...counts)) };
    const sut = new TakeInbound(inbound as unknown as InboundRepository, manualClock(NOW_MS));

    await sut.all([
      { phoneNumberId: 'a', receivedAtMs: NOW_MS - 900 },
      { phoneNumberId: 'a', receivedAtMs: NOW_MS - 100 },
      { phoneNumberId: 'b', receivedAtMs: NOW_MS - 100 },
      { phoneNumberId: 'a', receivedAtMs: NOW_MS },
      { phoneNumberId: 'a', receivedAtMs: NOW_MS - 61_000 },
    ]);
    await sut.all([{ phoneNumberId: 'a', receivedAtMs: 0 }]);

    expect(added).toEqual([
      { phoneNumberId: 'a', second: 999, messages: 2 },
      { phoneNumberId: 'b', second: 999, messages: 1 },
      { phoneNumberId: 'a', second: 1_000, messages: 1 },
    ]);
  });
});
