// Proves that the import rules run: a lint run that does not refuse the deliberately bad imports is a broken one.
import { ESLint } from 'eslint';

const FIXTURES = 'libs/kernel/test/boundaries';
const REFUSALS = [
  { fixture: `${FIXTURES}/bad-import.ts`, rule: '@nx/enforce-module-boundaries', what: 'imports upwards' },
  { fixture: `${FIXTURES}/circle.ts`, rule: 'import-x/no-cycle', what: 'imports a file that imports it' },
];

for (const { fixture, rule, what } of REFUSALS) {
  const eslint = new ESLint({ ignore: false, overrideConfig: { ignores: [] }, ruleFilter: ({ ruleId }) => ruleId === rule });
  const [result] = await eslint.lintFiles([fixture]);
  const refusal = result?.messages.find(({ ruleId }) => ruleId === rule);
  if (refusal === undefined) {
    console.error(`${fixture} ${what} and was not refused: ${rule} does not run. Messages: ${JSON.stringify(result?.messages)}`);
    process.exit(1);
  }
  console.log(`${rule} holds: ${refusal.message.split('\n')[0]}`);
}
