import { describe, expect, it } from '@jest/globals';
import { enumWord } from './enum-word.js';
import { ShardMode, TemplateRole } from './index.js';

describe(enumWord.name, () => {
  it.each([
    [ShardMode.ACTIVE, 'active'],
    [ShardMode.HALTED, 'halted'],
    [ShardMode.UNSPECIFIED, undefined],
    [99, undefined],
    [-1, undefined],
  ])('of the mode %i is %s', (mode, word) => {
    expect(enumWord(ShardMode, mode)).toBe(word);
  });

  it('is one of the words of that enum to the compiler', () => {
    const word: 'active' | 'standby' | 'none' | undefined = enumWord(TemplateRole, TemplateRole.STANDBY);

    expect(word).toBe('standby');
  });
});
