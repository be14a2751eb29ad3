import { describe, expect, it, jest } from '@jest/globals';
import { AppError, drop } from '@daybreak/kernel';
import { dispatch, type BatchHandler } from './dispatch.js';
import type { Received } from './received.js';

const received = (key: string): Received<unknown> => ({
  key,
  eventId: key,
  event: {},
  topic: 't',
  partition: 0,
  offset: '0',
  timestampMs: 0,
  headers: {},
});
const batch = (...keys: string[]): Received<unknown>[] => keys.map(received);
const keysOf = (rejections: readonly { received: Received<unknown> }[]): string[] => rejections.map((r) => r.received.key);

/** Throws whenever one of the keys is in the batch. */
const allergicTo = (error: Error, ...keys: string[]) =>
  jest.fn<BatchHandler>((events) => (events.some((e) => keys.includes(e.key)) ? Promise.reject(error) : Promise.resolve(undefined)));

describe(dispatch.name, () => {
  it('returns what the handler rejects', async () => {
    const [a, b] = [received('a'), received('b')];
    const error = drop('wrong');

    await expect(dispatch(() => Promise.resolve([{ received: b, error }]), [a, b])).resolves.toEqual([{ received: b, error }]);
  });

  it('finds every event that makes the handler give up, and no other', async () => {
    const handler = allergicTo(drop('wrong'), 'c', 'f');

    const rejections = await dispatch(handler, batch('a', 'b', 'c', 'd', 'e', 'f', 'g'));

    expect(keysOf(rejections)).toEqual(['c', 'f']);
    const wentWell = handler.mock.calls.filter(([events]) => !events.some((e) => ['c', 'f'].includes(e.key)));
    expect(wentWell.flatMap(([events]) => events.map((e) => e.key))).toEqual(['a', 'b', 'd', 'e', 'g']);
  });

  it('finds one event in a thousand without asking a thousand times', async () => {
    const handler = allergicTo(drop('wrong'), '777');

    await dispatch(handler, batch(...Array.from({ length: 1_000 }, (_, i) => String(i))));

    expect(handler.mock.calls.length).toBeLessThan(25);
  });

  it.each([
    ['a connection that is refused', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })],
    ['an error that says "back off"', new AppError('later', { kind: 'backoff' })],
    ['a deadlock', Object.assign(new Error('deadlock'), { code: '40P01' })],
    ['a foreign key, which a later event may bring', Object.assign(new Error('no parent'), { code: '23503' })],
    ['a mistake of ours', new TypeError('x is undefined')],
  ])('throws on %s: all of the batch has to come again', async (_, error) => {
    await expect(dispatch(allergicTo(error, 'b'), batch('a', 'b'))).rejects.toBe(error);
  });

  it.each([
    ['pg', Object.assign(new Error('invalid byte sequence'), { code: '22021' })],
    ['an index', Object.assign(new Error('index row size 8000 exceeds maximum 2704'), { code: '54000' })],
    ['Prisma', Object.assign(new Error('P2010'), { code: 'P2010', meta: { driverAdapterError: { cause: { originalCode: '23514' } } } })],
  ])('blames the event when %s says that the data are wrong', async (_, error) => {
    const rejections = await dispatch(allergicTo(error, 'b'), batch('a', 'b'));

    expect(keysOf(rejections)).toEqual(['b']);
    expect(rejections[0]?.error.message).not.toContain(error.message);
  });

  it('does not bother the handler with nothing', async () => {
    const handler = jest.fn<BatchHandler>();

    await expect(dispatch(handler, [])).resolves.toEqual([]);
    expect(handler).not.toHaveBeenCalled();
  });
});
