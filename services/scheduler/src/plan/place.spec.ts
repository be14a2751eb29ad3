import { describe, expect, it } from '@jest/globals';
import { aPlanShard } from '../../test/plan.factory.js';
import { placement } from './place.js';

const MINUTE_MS = 60_000;

const somebody = (recipientId: string, over = {}) => ({ recipientId, sendableOn: new Set(['waba-1']), countedIn: [] as string[], ...over });

describe(placement.name, () => {
  it('keeps everybody on the same number day after day', () => {
    const shards = [aPlanShard(), aPlanShard({ shardId: 'shard-2' })];
    const today = placement(shards, new Map(), MINUTE_MS);
    const tomorrow = placement(shards, new Map(), MINUTE_MS);

    for (let i = 0; i < 100; i += 1) expect(tomorrow.place(somebody(`adv-${i}`))).toBe(today.place(somebody(`adv-${i}`)));
    expect([...today.given.values()].reduce((a, b) => a + b)).toBe(100);
    for (const deliveries of today.given.values()) expect(deliveries).toBeGreaterThan(25);
  });

  it('fills no number beyond its throughput or daily cap', () => {
    const sut = placement([aPlanShard({ ratePerSecond: 1 }), aPlanShard({ shardId: 'shard-2', capLeft: 5 })], new Map(), 10_000);
    const places = Array.from({ length: 30 }, (_, i) => sut.place(somebody(`adv-${i}`)));

    expect(Object.fromEntries(sut.given)).toEqual({ 'shard-1': 9, 'shard-2': 5 }); // 95 % of one a second for ten seconds
    expect(places.filter((place) => place === 'no-capacity')).toHaveLength(16);
  });

  it('uses only numbers whose WABA may send the template', () => {
    const elsewhere = aPlanShard({ shardId: 'shard-2', wabaId: 'waba-2' });
    const sut = placement([aPlanShard(), elsewhere], new Map(), MINUTE_MS);

    for (let i = 0; i < 20; i += 1) expect(sut.place(somebody(`adv-${i}`, { sendableOn: new Set(['waba-2']) }))).toBe(elsewhere);
    expect(sut.place(somebody('adv-x', { sendableOn: new Set(['waba-3']) }))).toBe('no-capacity');
  });

  it('spends the portfolio’s budget over all its numbers, and nothing for who was already counted', () => {
    const sut = placement([aPlanShard(), aPlanShard({ shardId: 'shard-2' })], new Map([['portfolio-1', 2]]), MINUTE_MS);

    expect(sut.place(somebody('adv-1'))).not.toBe('portfolio-limit');
    expect(sut.place(somebody('adv-2'))).not.toBe('portfolio-limit');
    expect(sut.place(somebody('adv-3'))).toBe('portfolio-limit');
    expect(sut.place(somebody('adv-4', { countedIn: ['portfolio-1'] }))).toMatchObject({ businessPortfolioId: 'portfolio-1' });
  });

  it('goes to another portfolio when one is used up', () => {
    const other = aPlanShard({ shardId: 'shard-2', businessPortfolioId: 'portfolio-2' });
    const sut = placement([aPlanShard(), other], new Map([['portfolio-1', 0]]), MINUTE_MS);

    for (let i = 0; i < 20; i += 1) expect(sut.place(somebody(`adv-${i}`))).toBe(other);
  });

  it('says no-capacity where there is no number at all', () => {
    expect(placement([], new Map(), MINUTE_MS).place(somebody('adv-1'))).toBe('no-capacity');
  });
});
