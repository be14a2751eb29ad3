import { describe, expect, it } from '@jest/globals';
import { aiDisclosure, withAiDisclosure } from './ai-disclosure.js';

describe(withAiDisclosure.name, () => {
  it.each([
    ['en', 'AI assistant'],
    ['en_US', 'AI assistant'],
    ['hi', 'एआई सहायक'],
    ['mr', 'एआय सहाय्यक'],
    ['ta', 'AI assistant'],
    ['', 'AI assistant'],
  ])('says in %s, before anything else, that a machine wrote it', (language, words) => {
    const [first, ...rest] = withAiDisclosure('Markets open at 9:15.', language).split('\n\n');

    expect(first).toContain(words);
    expect(rest).toEqual(['Markets open at 9:15.']);
  });

  it('has words of its own for every language, and says them once', () => {
    expect(new Set(['en', 'hi', 'mr'].map(aiDisclosure)).size).toBe(3);
    expect(withAiDisclosure(withAiDisclosure('x', 'mr'), 'mr')).toBe(withAiDisclosure('x', 'mr'));
  });
});
