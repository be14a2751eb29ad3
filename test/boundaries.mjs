// Proves that our own rules run: a lint run that does not refuse what is deliberately wrong is a broken one.
import { ESLint } from 'eslint';

// Under CI=true the parser reads a file once, from the disk, and would not see the text that is put in its place.
process.env.TSESTREE_SINGLE_RUN = 'false';

const FIXTURES = 'libs/kernel/test/boundaries';
const TYPE_OF_STORE =
  "import type { Row } from '../store/rows.repository.js';\nexport const count = (rows: Row[]): number => rows.length;\n";
const REFUSALS = [
  { fixture: `${FIXTURES}/bad-import.ts`, rule: '@nx/enforce-module-boundaries', what: 'imports upwards' },
  { fixture: `${FIXTURES}/circle.ts`, rule: 'import-x/no-cycle', what: 'imports a file that imports it' },
  {
    fixture: 'services/sender/src/inbound/spoken.ts',
    text: TYPE_OF_STORE, // in place of what the file says
    rule: '@typescript-eslint/no-restricted-imports',
    what: 'imports a type from the store',
  },
  {
    fixture: 'libs/kernel/src/ids.ts',
    text: 'export const bare = 1;\n',
    rule: 'daybreak/documented-exports',
    what: 'exports something without JSDoc',
  },
];

for (const { fixture, text, rule, what } of REFUSALS) {
  const eslint = new ESLint({ ignore: false, overrideConfig: { ignores: [] }, ruleFilter: ({ ruleId }) => ruleId === rule });
  const [result] = await (text === undefined ? eslint.lintFiles([fixture]) : eslint.lintText(text, { filePath: fixture }));
  const refusal = result?.messages.find(({ ruleId }) => ruleId === rule);
  if (refusal === undefined) {
    console.error(`${fixture} ${what} and was not refused: ${rule} does not run. Messages: ${JSON.stringify(result?.messages)}`);
    process.exit(1);
  }
  console.log(`${rule} holds: ${refusal.message.split('\n')[0]}`);
}
