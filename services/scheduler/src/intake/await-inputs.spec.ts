import { describe, expect, it } from '@jest/globals';
import { areRead } from './await-inputs.js';

describe(areRead.name, () => {
  it.each<[string, [string, number][], [string, number][], boolean]>([
    ['nothing lay there', [['t/0', 0]], [['t/0', 0]], true],
    [
      'all of it was read',
      [
        ['t/0', 5],
        ['t/1', 2],
      ],
      [
        ['t/0', 5],
        ['t/1', 3],
      ],
      true,
    ],
    [
      'one partition is behind',
      [
        ['t/0', 5],
        ['t/1', 2],
      ],
      [
        ['t/0', 5],
        ['t/1', 1],
      ],
      false,
    ],
    ['nobody ever read it', [['t/0', 5]], [], false],
  ])('%s', (_, ends, committed, read) => {
    expect(areRead(new Map(ends), new Map(committed))).toBe(read);
  });
});
