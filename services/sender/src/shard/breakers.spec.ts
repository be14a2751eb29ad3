import { describe, expect, it } from '@jest/globals';
import { Breakers, type Breaker, type Keys } from './breakers.js';
import type { Suspicion } from './settle-attempt.js';

const keys: Keys = { template: 'daily_pack_v1/en', media: 'aa', shard: 'shard-1', account: 'waba-1', campaign: '*' };

const suspicion = (over: Partial<Suspicion> = {}): Suspicion => ({
  scope: 'template',
  tripsAfter: 3,
  until: 'platform',
  fault: 'template-paused',
  why: 'Meta paused the template.',
  page: true,
  ...over,
});

const isTemplateOpen = (sut: Breakers, nowMs = 0): boolean => sut.isOpen('template', keys.template, nowMs);

describe(Breakers.name, () => {
  it('opens with the last of a few in a row, and says so once', () => {
    const sut = new Breakers();

    const opened = [1, 2, 3, 4].map((ms) => sut.suspect(suspicion(), keys, ms));

    expect(opened.map((breaker) => breaker?.key)).toEqual([undefined, undefined, 'daily_pack_v1/en', undefined]);
    expect(isTemplateOpen(sut)).toBe(true);
    expect(sut.isOpen('template', 'daily_pack_v1/hi', 0)).toBe(false);
  });

  it('forgets a streak with the first success', () => {
    const sut = new Breakers();
    sut.suspect(suspicion(), keys, 0);
    sut.suspect(suspicion(), keys, 0);

    sut.succeeded(keys);
    sut.suspect(suspicion(), keys, 0);

    expect(isTemplateOpen(sut)).toBe(false);
  });

  it('counts each fault by itself', () => {
    const sut = new Breakers();

    for (const fault of ['a', 'b', 'c']) sut.suspect(suspicion({ fault }), keys, 0);

    expect(isTemplateOpen(sut)).toBe(false);
  });

  it('closes by itself where there is a time', () => {
    const sut = new Breakers();
    sut.suspect(suspicion({ scope: 'shard', tripsAfter: 1, until: 1_000 }), keys, 0);

    expect([0, 999, 1_000].map((ms) => sut.isOpen('shard', 'shard-1', ms))).toEqual([true, true, false]);
  });

  it('follows the store: opens what others opened, closes what an operator closed', () => {
    const sut = new Breakers();
    const mine = sut.suspect(suspicion({ tripsAfter: 1 }), keys, 0) as Breaker;
    const theirs: Breaker = { ...mine, scope: 'account', key: 'waba-1' };

    sut.saved(sut.toSave());
    sut.load([theirs], 0);

    expect(sut.all(0)).toEqual([theirs]);
  });

  it('keeps what the store cannot know yet: its own short pauses, and what is still to be stored', () => {
    const sut = new Breakers();
    sut.suspect(suspicion({ scope: 'shard', tripsAfter: 1, until: 1_000 }), keys, 0);
    sut.suspect(suspicion({ tripsAfter: 1 }), keys, 0);

    sut.load([], 0);

    expect(sut.all(0).map((breaker) => breaker.scope)).toEqual(['shard', 'template']);
    expect(sut.toSave().map((breaker) => breaker.scope)).toEqual(['template']);
  });
});
