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
  const heard: ToldConsent[] = [];
  const writes: number[] = [];
  const take = {
    heard: (rows: readonly ToldConsent[]) => void heard.push(...rows),
    changed: (rows: readonly ToldConsent[]) => {
      taken.push(...rows);
      writes.push(rows.length);
      return Promise.resolve();
    },
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
  return { sut, taken, heard, writes, take, logger };
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

  /** A stream that is told what it says next. */
  const live = () => {
    let tell: ((answer: unknown) => void) | undefined;
    const blocks: number[] = [];
    const xread = (...args: unknown[]): Promise<unknown> => {
      if (!args.includes('BLOCK')) return Promise.resolve(null); // nothing lay there
      const ms = Number(args[args.indexOf('BLOCK') + 1]);
      blocks.push(ms);
      return new Promise((resolve) => {
        const timer = setTimeout(() => resolve(null), ms);
        tell = (answer) => (clearTimeout(timer), resolve(answer));
      });
    };
    let id = 0;
    const say = (recipientId: string, version: number, ...more: string[]) => {
      const entry = more.length > 0 ? ['recipient_id', recipientId, 'version', String(version), ...more] : [...STOP];
      if (more.length === 0) [entry[1], entry[7]] = [recipientId, String(version)];
      tell?.([['stream', [[`${(id += 1)}-0`, entry]]]]);
      return jest.advanceTimersByTimeAsync(0);
    };
    return { xread: xread as unknown as Redis['xread'], say, blocks };
  };

  it('holds what is said at once, and writes what is said in one breath together', async () => {
    const { xread, say, blocks } = live();
    const { sut, heard, writes, taken } = setup(xread);
    await sut.start();
    await jest.advanceTimersByTimeAsync(0);

    await say('first', 1);
    expect(writes).toEqual([1]); // waits for nobody
    await say('second', 2);
    await jest.advanceTimersByTimeAsync(100);
    await say('third', 3);
    expect(heard.map(({ recipientId }) => recipientId)).toEqual(['first', 'second', 'third']);
    expect(writes).toEqual([1]);
    await jest.advanceTimersByTimeAsync(100);

    expect(writes).toEqual([1, 2]);
    expect(taken.map(({ recipientId }) => recipientId)).toEqual(['first', 'second', 'third']);
    expect(blocks.at(-1)).toBe(2_000);
  });

  it('goes on hearing while nothing can be written, and writes it afterwards', async () => {
    const { xread, say } = live();
    const { sut, heard, take, taken } = setup(xread);
    await sut.start();
    await jest.advanceTimersByTimeAsync(0);
    const { changed } = take;
    take.changed = () => Promise.reject(new Error('Postgres is away'));

    await say('first', 1);
    await jest.advanceTimersByTimeAsync(600);
    await say('second', 2);
    expect(heard.map(({ recipientId }) => recipientId)).toEqual(['first', 'second']);
    take.changed = changed;
    await jest.advanceTimersByTimeAsync(1_200);

    expect(taken.map(({ recipientId }) => recipientId)).toEqual(['first', 'second']);
  });

  it('hears the next word while a write does not come back', async () => {
    const { xread, say } = live();
    const { sut, heard, take } = setup(xread);
    await sut.start();
    await jest.advanceTimersByTimeAsync(0);
    take.changed = () => forEver;

    await say('first', 1);
    await say('second', 2);
    await jest.advanceTimersByTimeAsync(10_000);
    await say('third', 3);

    expect(heard.map(({ recipientId }) => recipientId)).toEqual(['first', 'second', 'third']);
  });

  it('writes nothing of somebody who was erased meanwhile', async () => {
    const { xread, say } = live();
    const { sut, taken } = setup(xread);
    await sut.start();
    await jest.advanceTimersByTimeAsync(0);

    await say('first', 1);
    await say('gone', 2);
    await say('gone', 3, 'erased', '1');
    await jest.advanceTimersByTimeAsync(300);

    expect(taken.map(({ recipientId }) => recipientId)).toEqual(['first']);
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
