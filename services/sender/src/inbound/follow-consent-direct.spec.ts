import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Logger } from '@daybreak/observability';
import type { Redis } from 'ioredis';
import type { TakeConsent } from '../states/take-consent.js';
import type { ToldConsent } from '../states/told-consent.js';
import { FollowConsentDirect } from './follow-consent-direct.js';

const STOP = ['recipient_id', 'adv-1', 'purpose', 'content', 'state', 'opted_out', 'version', '2', 'at', '1', 'paused_until', ''];
const forEver = new Promise<never>(() => undefined);

/** A stream of two pages, in which nothing comes afterwards. */
function setup(xread: Redis['xread']) {
  const taken: ToldConsent[] = [];
  const take = {
    changed: (rows: readonly ToldConsent[]) => Promise.resolve(void taken.push(...rows)),
    erasedAsOf: () => Promise.resolve(),
  };
  const redis = { xread, on: () => undefined, exists: () => Promise.resolve(1) };
  const logger = { warn: jest.fn() };
  const sut = new FollowConsentDirect(
    { NAMESPACE: '' },
    redis as unknown as Redis,
    take as unknown as TakeConsent,
    logger as unknown as Logger,
  );
  return { sut, taken, logger };
}

describe(FollowConsentDirect.name, () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('has started only when it knows all that lay in the stream', async () => {
    const pages = [[['stream', [['1-0', STOP]]]], [['stream', [['2-0', [...STOP.slice(0, 7), '3', ...STOP.slice(8)]]]]], null];
    const { sut, taken, logger } = setup((() =>
      pages.length > 0 ? Promise.resolve(pages.shift()) : forEver) as unknown as Redis['xread']);

    await sut.start();

    expect(taken.map(({ recipientId, state, version }) => [recipientId, state, version])).toEqual([
      ['adv-1', 'opted_out', 2],
      ['adv-1', 'opted_out', 3],
    ]);
    expect(logger.warn).not.toHaveBeenCalled();
  });

  it('does not keep a pod from starting while Redis does not answer', async () => {
    const { sut, logger } = setup(() => forEver);
    let started = false;
    const starting = sut.start().then(() => (started = true));

    await jest.advanceTimersByTimeAsync(4_900);
    expect(started).toBe(false);
    await jest.advanceTimersByTimeAsync(200);
    await starting;

    expect(logger.warn).toHaveBeenCalledTimes(1);
  });
});
