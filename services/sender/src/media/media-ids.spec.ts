import { describe, expect, it } from '@jest/globals';
import type { Logger } from '@daybreak/observability';
import type { MediaRepository } from '../store/media.repository.js';
import { MediaIds } from './media-ids.js';

const MOST_KEPT = 20_000;
const hashes = (from: number, count: number): string[] => Array.from({ length: count }, (_, i) => `hash-${from + i}`);

describe(MediaIds.name, () => {
  it('forgets the ids read longest ago, and keeps those of claims in hand', async () => {
    const media = {
      idsOf: (_: string, asked: readonly string[]) => Promise.resolve(new Map(asked.map((hash) => [hash, `id of ${hash}`]))),
    };
    const sut = new MediaIds(media as unknown as MediaRepository, {} as Logger);
    await sut.load('p', hashes(0, MOST_KEPT), 0);

    await sut.load('p', hashes(MOST_KEPT, 500), 0);

    expect(hashes(MOST_KEPT - 1_000, 1_500).every((hash) => sut.get('p', hash) === `id of ${hash}`)).toBe(true);
    expect(sut.get('p', 'hash-0')).toBeUndefined();
  });
});
