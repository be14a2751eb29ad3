import { describe, expect, it } from '@jest/globals';
import { chain, CHAIN_START, firstBreak, type AuditEntry, type ChainedEntry } from './audit-chain.js';

const entry = (auditId: string, over: Partial<AuditEntry> = {}): AuditEntry => ({
  auditId,
  actor: 'user:ops-1',
  action: 'shard.paused',
  object: 'shard/shard-1',
  beforeDigest: '',
  afterDigest: '',
  details: { reason: 'quality' },
  recordedAt: 1_795_307_400_000,
  ...over,
});
const entries = ['a', 'b', 'c', 'd'].map((id) => entry(id));
const chained = chain(CHAIN_START, entries);

describe('the audit chain', () => {
  it('is whole when nothing was touched, read at once or page by page', () => {
    expect(firstBreak(CHAIN_START, chained)).toBeUndefined();
    expect(firstBreak(chained[1] as ChainedEntry, chained.slice(2))).toBeUndefined();
  });

  it('goes on where it ended, as if it had been written at once', () => {
    const first = chain(CHAIN_START, entries.slice(0, 2));

    expect([...first, ...chain(first[1] as ChainedEntry, entries.slice(2))]).toEqual(chained);
  });

  it.each<[string, (all: ChainedEntry[]) => ChainedEntry[], number]>([
    ['a changed actor', (all) => all.map((e, i) => (i === 1 ? { ...e, actor: 'user:someone' } : e)), 2],
    ['a changed detail', (all) => all.map((e, i) => (i === 2 ? { ...e, details: {} } : e)), 3],
    ['a removed entry', (all) => all.filter((_, i) => i !== 1), 2],
    ['two entries in the wrong order', ([a, b, c, d]) => [a, c, b, d] as ChainedEntry[], 2],
    [
      'an entry that was written anew with a hash of its own',
      (all) => [...all.slice(0, 1), ...chain(chained[0] as ChainedEntry, [entry('x')]), ...all.slice(2)],
      3,
    ],
  ])('tells where it breaks: %s', (_, tamper, place) => {
    expect(firstBreak(CHAIN_START, tamper(chained))).toBe(place);
  });
});
