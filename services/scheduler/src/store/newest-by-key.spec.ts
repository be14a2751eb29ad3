import { describe, expect, it } from '@jest/globals';
import { newestByKey } from './newest-by-key.js';

describe(newestByKey.name, () => {
  it('keeps one of each key: the newest, of equals the one that came last, sorted by key', () => {
    const rows = [
      { id: 'b', version: 2, from: 'first' },
      { id: 'b', version: 1, from: 'stale' },
      { id: 'a', version: 3, from: 'first' },
      { id: 'a', version: 3, from: 'again' },
    ];

    const newest = newestByKey(
      rows,
      (row) => row.id,
      (row) => row.version,
    );

    expect(newest.map((row) => [row.id, row.from])).toEqual([
      ['a', 'again'],
      ['b', 'first'],
    ]);
  });
});
