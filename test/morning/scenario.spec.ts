import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { readScenario, scenarioNames } from './scenario.js';

const names = await scenarioNames();
const page = await readFile('docs/scenarios.md', 'utf8');

describe('the scenarios', () => {
  it.each(names)('%s says what it is about and what must come of it, and docs/scenarios.md says the same', async (name) => {
    const { about, expect: expected } = await readScenario(name);

    expect(page).toContain(`| \`${name}\` | ${about} | ${expected.outcome} |`);
  });

  it('are all there is: another name is refused with the list of them', async () => {
    await expect(readScenario('doomsday')).rejects.toThrow(`there is no scenario doomsday; there are ${names.join(', ')}`);
  });
});
