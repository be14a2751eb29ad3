import { describe, expect, it, jest } from '@jest/globals';
import type { Logger } from '@daybreak/observability';
import type { StatesRepository } from '../store/states.repository.js';
import { ContentCache } from './content-cache.js';

const TEMPLATE = {
  name: 'daily_pack_v1',
  language: 'en',
  bodyParameterNames: ['name'],
  namedParameters: true,
  hasImageHeader: true,
  quickReplyPayloads: [],
};
const CONTENT = {
  contentPackId: 'pack-1',
  contentHash: 'aa',
  language: 'en',
  template: TEMPLATE,
  standby: null,
  headerMedia: { sha256: 'aa', url: 'https://cdn.example/aa.jpg', mediaType: 'image/jpeg', sizeBytes: 2_004 },
  deliveryMode: 'template',
  fallback: false,
};

const MOST_KEPT = 10_000;
const ids = (from: number, count: number): string[] => Array.from({ length: count }, (_, i) => `content-${from + i}`);

function setup(body: unknown) {
  const contents = jest.fn(() => Promise.resolve(new Map([['c-1', body]])));
  const error = jest.fn();
  const sut = new ContentCache({ contents } as unknown as StatesRepository, { error } as unknown as Logger);
  return { sut, contents, error };
}

describe(ContentCache.name, () => {
  it('reads what lies in the store', async () => {
    const { sut } = setup(CONTENT);

    await sut.load(['c-1']);

    expect([sut.get('c-1'), sut.isUnreadable('c-1')]).toEqual([CONTENT, false]);
  });

  it.each<[string, unknown, string]>([
    ['a list is missing', { ...CONTENT, template: { ...TEMPLATE, quickReplyPayloads: undefined } }, 'template.quickReplyPayloads'],
    ['a template is missing', { ...CONTENT, template: undefined }, 'template'],
    ['it is nothing at all', null, 'content'],
  ])('names the field once when an older release wrote it otherwise: %s', async (_, body, field) => {
    const { sut, contents, error } = setup(body);

    await sut.load(['c-1']);
    await sut.load(['c-1']);

    expect([sut.get('c-1'), sut.isUnreadable('c-1'), contents.mock.calls.length]).toEqual([undefined, true, 1]);
    expect(error).toHaveBeenCalledWith({ contentId: 'c-1', reason: expect.stringContaining(`${field}: `) }, expect.any(String));
  });

  it('forgets those asked for longest ago, and leaves claims in hand their contents', async () => {
    const contents = (missing: readonly string[]) => Promise.resolve(new Map(missing.map((id) => [id, CONTENT])));
    const sut = new ContentCache({ contents } as unknown as StatesRepository, {} as Logger);
    await sut.load(ids(0, MOST_KEPT));
    await sut.load(['content-0']); // asked for again

    await sut.load(ids(MOST_KEPT, 500));

    expect(ids(MOST_KEPT - 1_000, 1_500).every((id) => sut.get(id) !== undefined)).toBe(true);
    expect([sut.get('content-0'), sut.get('content-1')]).toEqual([CONTENT, undefined]);
  });
});
