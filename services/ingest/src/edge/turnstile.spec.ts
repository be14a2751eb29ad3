import { describe, expect, it } from '@jest/globals';
import { BufferFull } from './micro-batch.js';
import { Turnstile } from './turnstile.js';

const turn = (): Promise<void> => new Promise(setImmediate);

describe(Turnstile.name, () => {
  it('lets so many through at once, and as many more in every turn, in their order', async () => {
    const sut = new Turnstile(2, 100);
    const through: number[] = [];
    const all = Promise.all([1, 2, 3, 4, 5].map(async (n) => void (await sut.pass(1), through.push(n))));

    await Promise.resolve();
    await Promise.resolve();
    expect(through).toEqual([1, 2]);
    await turn();
    expect(through).toEqual([1, 2, 3, 4]);
    await all;
    expect(through).toEqual([1, 2, 3, 4, 5]);
  });

  it('lets nobody overtake those who wait', async () => {
    const sut = new Turnstile(1, 100);
    const through: string[] = [];
    const pass = async (who: string): Promise<void> => void (await sut.pass(1), through.push(who));
    const first = [pass('first'), pass('second'), pass('third')];
    await turn();
    await Promise.all([...first, pass('late')]);

    expect(through).toEqual(['first', 'second', 'third', 'late']);
  });

  it('lets a lonely one through at once, again and again', async () => {
    const sut = new Turnstile(1, 100);
    for (let n = 0; n < 3; n += 1) {
      let isThrough = false;
      void sut.pass(1).then(() => (isThrough = true));
      await Promise.resolve();
      await Promise.resolve();
      expect(isThrough).toBe(true);
      await turn();
      await turn();
    }
  });

  it('refuses who would make more wait than may be held, and takes the next ones again', async () => {
    const sut = new Turnstile(1, 100);
    const taken = [sut.pass(1_000), sut.pass(60), sut.pass(40)];

    await expect(sut.pass(1)).rejects.toThrow(BufferFull);
    await Promise.all(taken);
    await turn();
    await turn();
    await Promise.all([sut.pass(1_000), sut.pass(100)]); // the first does not wait
  });
});
