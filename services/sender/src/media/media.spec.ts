import { describe, expect, it, jest } from '@jest/globals';
import { CloudApiError, type CloudApiClient } from '@daybreak/cloud-api';
import { manualClock } from '@daybreak/kernel';
import type { Logger } from '@daybreak/observability';
import { sendWindowFor } from '@daybreak/timing';
import type { KnownRun, KnownShard } from '../shard/known-shard.js';
import type { KnownStates } from '../states/known-states.js';
import type { HeldMediaId, MediaRepository } from '../store/media.repository.js';
import { Media } from './media.js';

const MINUTE_MS = 60_000;
const window = sendWindowFor({ runDate: '2026-11-22' });
const run = { runId: 'main-20261122-0600', runDate: '2026-11-22', window } as KnownRun;
const shard = { shardId: 'shard-1', phoneNumberId: '106' } as KnownShard;
const HELD: readonly HeldMediaId[] = [{ sha256: 'aa', mediaId: 'media-1' }];

const refusal = (code: number): CloudApiError =>
  new CloudApiError({ code, subcode: null, type: null, details: null, fbtraceId: null, isTransient: null }, 400);

function setup(beforeOpeningMs: number, answer: () => Promise<unknown> = () => Promise.resolve({ id: 'media-1' })) {
  const store = {
    unchecked: jest.fn<MediaRepository['unchecked']>().mockResolvedValue([...HELD]),
    checked: jest.fn<MediaRepository['checked']>().mockResolvedValue(undefined),
    forget: jest.fn<MediaRepository['forget']>().mockResolvedValue(undefined),
  };
  const asked = jest.fn((_mediaId: string, _phoneNumberId: string) => answer());
  const sut = new Media(
    store as unknown as MediaRepository,
    { getMedia: asked } as unknown as CloudApiClient,
    { currentRun: () => run } as unknown as KnownStates,
    manualClock(window.opensAt - beforeOpeningMs),
    { warn: () => undefined } as unknown as Logger,
    { MEDIA_ORIGINS: [] },
  );
  return { sut, store, asked };
}

describe(`${Media.name} before the window`, () => {
  it('asks for each id as the number that will send by it, and remembers that it is known', async () => {
    const { sut, store, asked } = setup(90 * MINUTE_MS);

    expect(await sut.verify(shard)).toBe(1);

    expect(asked).toHaveBeenCalledWith('media-1', '106');
    expect(store.checked).toHaveBeenCalledWith('106', 'aa', window.opensAt - 90 * MINUTE_MS);
    expect(store.forget).not.toHaveBeenCalled();
  });

  it('forgets an id that Meta does not know, so that it is uploaded again', async () => {
    const { sut, store } = setup(90 * MINUTE_MS, () => Promise.reject(refusal(100)));

    expect(await sut.verify(shard)).toBe(1);

    expect(store.forget).toHaveBeenCalledWith('106', 'aa');
  });

  it.each([
    ['Meta has too much to do', refusal(80007)],
    ['the token is refused', refusal(190)],
    ['there is no answer', new Error('time-out')],
  ])('believes an id, and asks again later, when %s', async (_, error) => {
    const { sut, store } = setup(90 * MINUTE_MS, () => Promise.reject(error));

    expect(await sut.verify(shard)).toBe(0);

    expect([store.forget.mock.calls, store.checked.mock.calls]).toEqual([[], []]);
  });

  it.each([
    ['in the window', 0],
    ['the evening before', 7 * 60 * MINUTE_MS],
  ])('asks nothing %s', async (_, beforeOpeningMs) => {
    const { sut, asked } = setup(beforeOpeningMs);

    expect(await sut.verify(shard)).toBe(0);

    expect(asked).not.toHaveBeenCalled();
  });
});
