// Proves that the layer rules run: a lint run that does not refuse the deliberately bad import is a broken one.
import { ESLint } from 'eslint';

const FIXTURE = 'libs/kernel/test/boundaries/bad-import.ts';
const RULE = '@nx/enforce-module-boundaries';

const eslint = new ESLint({ ignore: false, overrideConfig: { ignores: [] }, ruleFilter: ({ ruleId }) => ruleId === RULE });
const [result] = await eslint.lintFiles([FIXTURE]);
const refusals = result?.messages.filter((message) => message.ruleId === RULE) ?? [];
if (refusals.length === 0) {
  console.error(`${FIXTURE} imports upwards and was not refused: ${RULE} does not run. Messages: ${JSON.stringify(result?.messages)}`);
  process.exit(1);
}
console.log(`boundaries hold: ${refusals[0].message.split('\n')[0]}`);
