import { describe, expect, it } from '@jest/globals';
import { Pacing } from './pacing.js';

describe(Pacing.name, () => {
  const setup = () => ({ sut: new Pacing({ allowance: 2, verdictAfterMs: 1_000, verdict: 'release' }), told: [] as string[] });

  it('lets the first ones out and holds the rest', () => {
    const { sut } = setup();

    expect([sut.holdsNext(), sut.holdsNext(), sut.holdsNext(), sut.holdsNext()]).toEqual([false, false, true, true]);
  });

  it('starts judging with the first held message only', () => {
    const { sut } = setup();

    expect([sut.hold(() => undefined), sut.hold(() => undefined)]).toEqual([true, false]);
  });

  it.each(['release', 'drop'] as const)('tells every held message of a %s, and holds no more', (verdict) => {
    const { sut, told } = setup();
    for (const name of ['a', 'b']) sut.hold((v) => told.push(`${name} ${v}`));

    sut.judge(verdict);

    expect(told).toEqual([`a ${verdict}`, `b ${verdict}`]);
    expect(sut.heldCount).toBe(0);
    expect(sut.holdsNext()).toBe(false);
  });
});
