import { describe, expect, it, jest } from '@jest/globals';
import { BufferFull, MicroBatch } from './micro-batch.js';

/** A flush that is finished by hand. */
const setup = (options: { maxItems?: number; maxWaiting?: number; maxWaitingBytes?: number; spacingMs?: number; enough?: number } = {}) => {
  const flights: { items: readonly string[]; land: (result?: string) => void; crash: (error: Error) => void }[] = [];
  const flush = jest.fn(
    (items: readonly string[]) =>
      new Promise<string>((resolve, reject) => {
        flights.push({ items, land: (result = 'ok') => resolve(result), crash: reject });
      }),
  );
  const sut = new MicroBatch(flush, { maxItems: 100, maxWaiting: 100, maxWaitingBytes: 1_000, spacingMs: 0, enough: 100, ...options });
  const turn = () => new Promise(setImmediate);
  return { sut, flush, flights, turn };
};

describe(MicroBatch.name, () => {
  it('joins everybody of one turn into one flush', async () => {
    const { sut, flights, turn } = setup();

    const both = Promise.all([sut.add(['a', 'b']), sut.add(['c'])]);
    await turn();

    expect(flights.map((f) => f.items)).toEqual([['a', 'b', 'c']]);
    flights[0]?.land('stored');
    await expect(both).resolves.toEqual(['stored', 'stored']);
  });

  it('has one flush in flight; who comes meanwhile goes with the next one', async () => {
    const { sut, flights, turn } = setup();
    const first = sut.add(['a']);
    await turn();

    const later = [sut.add(['b']), sut.add(['c'])];
    await turn();
    expect(flights).toHaveLength(1);

    flights[0]?.land();
    await first;
    await turn();
    expect(flights[1]?.items).toEqual(['b', 'c']);
    flights[1]?.land();
    await Promise.all(later);
  });

  it('begins flushes no faster than their spacing, but for one of enough', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    const { sut, flights, turn } = setup({ enough: 3, spacingMs: 10 });
    const items = (): (readonly string[])[] => flights.map((flight) => flight.items);

    void sut.add(['waits for nobody']);
    await turn();
    flights[0]?.land();
    await turn();
    void sut.add(['b']);
    await turn();
    void sut.add(['c']);
    await jest.advanceTimersByTimeAsync(9);
    expect(items()).toEqual([['waits for nobody']]);
    await jest.advanceTimersByTimeAsync(1);
    expect(items().slice(1)).toEqual([['b', 'c']]);

    flights[1]?.land();
    await turn();
    void sut.add(['d']);
    await turn();
    void sut.add(['e', 'f']);
    await turn();
    expect(items().slice(2)).toEqual([['d', 'e', 'f']]);
    jest.useRealTimers();
  });

  it('lets urgent entries go first', async () => {
    const { sut, flights, turn } = setup({ maxItems: 2 });

    void sut.add(['status-1']);
    void sut.add(['status-2']);
    void sut.add(['stop'], { urgent: true });
    await turn();

    expect(flights[0]?.items).toEqual(['stop', 'status-1']);
  });

  it('keeps one caller together and its flushes small', async () => {
    const { sut, flights, turn } = setup({ maxItems: 2 });

    void sut.add(['a1', 'a2', 'a3']);
    void sut.add(['b']);
    await turn();
    flights[0]?.land();
    await turn();
    await turn();

    expect(flights.map((f) => f.items)).toEqual([['a1', 'a2', 'a3'], ['b']]);
  });

  it('tells only the callers of a failed flush, and goes on', async () => {
    const { sut, flights, turn } = setup();
    const first = sut.add(['a']);
    await turn();
    const second = sut.add(['b']);

    flights[0]?.crash(new Error('no broker'));
    await expect(first).rejects.toThrow('no broker');
    await turn();
    flights[1]?.land();

    await expect(second).resolves.toBe('ok');
  });

  it('keeps a fifth of its room for urgent entries', async () => {
    const { sut } = setup({ maxWaiting: 10 });
    void sut.add(Array.from({ length: 8 }, String));

    await expect(sut.add(['status'])).rejects.toThrow(BufferFull);
    void sut.add(['stop', 'stop'], { urgent: true });
    await expect(sut.add(['one too many'], { urgent: true })).rejects.toThrow(BufferFull);
  });

  it('takes no more bytes than it may hold', async () => {
    const { sut, flights, turn } = setup({ maxWaitingBytes: 100 });
    const held = sut.add(['a'], { bytes: 80 });

    await expect(sut.add(['b'], { bytes: 1 })).rejects.toThrow(BufferFull);
    await turn();
    flights[0]?.land();
    await held;

    void sut.add(['b'], { bytes: 80 });
  });

  it('takes no more than it may hold, and takes again when there is room', async () => {
    const { sut, flights, turn } = setup({ maxWaiting: 3 });
    const held = sut.add(['a', 'b']);
    await turn();

    await expect(sut.add(['c'])).rejects.toThrow(BufferFull);
    flights[0]?.land();
    await held;

    const again = sut.add(['c']);
    await turn();
    flights[1]?.land();
    await expect(again).resolves.toBe('ok');
  });
});
