import { describe, expect, it } from '@jest/globals';
import { errorMeaning } from '@daybreak/cloud-api';
import { manualClock } from '@daybreak/kernel';
import type { Target } from './breakers.js';
import { Refusals } from './refusals.js';

const TARGET: Target = {
  shardId: 'shard-1',
  phoneNumberId: '106',
  wabaId: 'waba-1',
  template: 'daily_pack_v1/en',
  runId: 'main-20261122-0600',
};

function setup() {
  const sut = new Refusals(manualClock(Date.UTC(2026, 10, 22, 0, 30)));
  const note = (code: number, times = 1, over: Partial<Target> = {}): void => {
    for (let i = 0; i < times; i += 1) sut.note({ ...TARGET, ...over }, errorMeaning(code, 400, 'sync'));
  };
  return { sut, note, codes: () => sut.toTell().map(({ meaning }) => meaning.code) };
}

describe(Refusals.name, () => {
  it.each([
    ['a wrong request', 100, 1],
    ['a value that a template does not take', 132018, 1],
    ['a country that the account may not write to', 130497, 1],
    ['a number that only reaches its test list', 131030, 1],
    ['a template that does not fit', 132000, 3],
    ['a code that nobody knows yet', 999_999, 1],
  ])('are told, although successes lie between them: %s (%i)', (_, code, after) => {
    const { note, codes } = setup();

    note(code, after - 1);
    expect(codes()).toEqual([]);
    note(code);
    expect(codes()).toEqual([code]);
  });

  it.each([
    ['concern one recipient', 131026],
    ['pass', 130429],
    ['open a breaker at once, which tells', 132015],
    ['open the breaker of a token', 190],
  ])('are not told when they %s (%i)', (_, code) => {
    const { note, codes } = setup();

    note(code, 50);

    expect(codes()).toEqual([]);
  });

  it('are told once per run and template, however many there are', () => {
    const { sut, note } = setup();
    note(132018, 10);
    sut.told(sut.toTell());

    note(132018, 10);
    expect(sut.toTell()).toEqual([]);

    note(132018, 1, { template: 'daily_pack_v1/hi' });
    note(132018, 1, { runId: 'main-20261123-0600' });
    expect(sut.toTell().map(({ about, blamed }) => [about, blamed?.key])).toEqual([
      ['main-20261122-0600', 'waba-1/daily_pack_v1/hi'],
      ['main-20261123-0600', 'waba-1/daily_pack_v1/en'],
    ]);
  });

  it('are told again at the next look when the store did not take it', () => {
    const { sut, note } = setup();
    note(100);

    sut.toTell();

    expect(sut.toTell()).toHaveLength(1);
  });

  it('of replies are those of a day', () => {
    const { sut, note } = setup();

    note(100, 1, { runId: undefined });

    expect(sut.toTell()[0]).toMatchObject({ about: 'replies of 2026-11-22', blamed: undefined });
  });

  it('of a media id are told when it is not one or two, whatever asset it was', () => {
    const { note, codes } = setup();

    note(131053, 1, { asset: 'aa' });
    note(131053, 1, { asset: 'bb' });
    expect(codes()).toEqual([]);
    note(131053, 1, { asset: 'cc' });

    expect(codes()).toEqual([131053]);
  });
});
