import { describe, expect, it } from '@jest/globals';
import type { Received } from '@daybreak/event-bus';
import { invalid } from '@daybreak/kernel';
import { sortOut } from './sort-out.js';

const received = (key: string, event: string | undefined): Received<string> => ({
  key,
  event,
  eventId: `${key}/${event}`,
  topic: 't',
  partition: 0,
  offset: '0',
  timestampMs: 0,
  headers: {},
});

const read = (event: string): string => {
  if (event === 'bad') throw invalid({ field: 'event', reason: 'is bad' });
  if (event === 'unlucky') throw new Error('the store is away');
  return event.toUpperCase();
};

describe(sortOut.name, () => {
  it('puts the wrong ones aside and keeps the order of the rest', async () => {
    const sorted = await sortOut([received('a', 'one'), received('b', 'bad'), received('c', 'two')], read);

    expect(sorted.taken.map(({ value }) => value)).toEqual(['ONE', 'TWO']);
    expect(sorted.rejections.map((r) => r.received.key)).toEqual(['b']);
  });

  it('leaves out what a later tombstone undoes, and keeps what came after it', async () => {
    const sorted = await sortOut(
      [received('a', 'old'), received('a', undefined), received('a', 'new'), received('b', 'gone'), received('b', undefined)],
      read,
    );

    expect(sorted.gone).toEqual(['a', 'b']);
    expect(sorted.taken.map(({ value }) => value)).toEqual(['NEW']);
  });

  it('does not take a store that is away for a wrong event', async () => {
    await expect(sortOut([received('a', 'unlucky')], read)).rejects.toThrow('the store is away');
  });
});
