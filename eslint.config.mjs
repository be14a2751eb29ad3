import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import { importX } from 'eslint-plugin-import-x';
import globals from 'globals';
import ts from 'typescript-eslint';

const drivers = [
  '@nestjs/*',
  'kafkajs',
  'bullmq',
  'ioredis',
  'pg',
  '@prisma/*',
  '@bufbuild/*',
  'prom-client',
  '@opentelemetry/*',
  'undici',
  'fastify',
  'pino',
];
const may = (layer, ...below) => ({ sourceTag: `layer:${layer}`, onlyDependOnLibsWithTags: below.map((l) => `layer:${l}`) });

// Layers, downwards only: docs/architecture.md, "Who may import whom".
const depConstraints = [
  may('kernel'),
  may('contract'),
  { ...may('domain', 'kernel', 'domain'), bannedExternalImports: drivers },
  may('adapter', 'kernel'),
  may('platform', 'kernel', 'contract', 'platform'),
  may('host', 'kernel', 'adapter', 'platform'),
  may('testing', 'kernel', 'contract', 'domain', 'adapter', 'platform'),
  may('service', 'kernel', 'contract', 'domain', 'adapter', 'platform', 'host', 'testing'),
  may('test', 'kernel', 'contract', 'domain', 'adapter', 'platform', 'host', 'testing', 'service', 'test'),
];

// Libraries that libs/testing is made of, and whose own specs use it. Their sources may not: `noTesting`.
const testedWithWhatStandsOnThem = ['config', 'contracts', 'database', 'event-bus', 'kernel', 'local-stack', 'observability', 'privacy'];

const SPECS = ['**/*.spec.ts', '**/test/**/*.ts', 'test/**/*.ts', 'libs/testing/**/*.ts'];
const SCRIPTS = ['**/*.mjs'];

const wallClock = [
  { object: 'Date', property: 'now', message: 'Time is injected: take it from Clock.' },
  { object: 'DateTime', property: 'now', message: 'Time is injected: take it from Clock.' },
  { object: 'DateTime', property: 'utc', message: 'Time is injected: take it from Clock.' },
  { object: 'DateTime', property: 'local', message: 'Time is injected: take it from Clock.' },
];
const environment = [{ object: 'process', property: 'env', message: 'Only libs/config reads the environment.' }];
const sleepingSyntax = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time is injected: take it from Clock.' },
  {
    selector: "CallExpression[callee.name='forwardRef']",
    message: 'A circular dependency: move the rule that both need into a third place.',
  },
];
const restricted = (...patterns) => ['error', { patterns }]; // types too: a shape that two layers speak of belongs to the core
const noTesting = { group: ['@daybreak/testing'], message: 'Factories are for specs.' };
const noPrismaOutsideStore = { group: ['**/generated/**', '@prisma/client', '@prisma/adapter-pg'], message: 'Prisma stays inside store/.' };

export default ts.config(
  { ignores: ['**/dist/', '**/node_modules/', '.nx/', '.daybreak/', '**/generated/', 'libs/kernel/test/boundaries/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...ts.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    plugins: { '@nx': nx, 'import-x': importX },
    settings: {
      'import-x/resolver-next': [resolver()],
      'import-x/extensions': ['.ts'], // only files with these endings are parsed: without them no cycle is ever found
    },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          allow: [],
          depConstraints,
          enforceBuildableLibDependency: false,
          banTransitiveDependencies: false,
          checkDynamicDependenciesExceptions: ['.*'],
          ignoredCircularDependencies: testedWithWhatStandsOnThem.map((lib) => [`@daybreak/${lib}`, '@daybreak/testing']),
        },
      ],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      '@typescript-eslint/no-restricted-imports': restricted(noTesting),
      'no-restricted-properties': ['error', ...wallClock, ...environment],
      'no-restricted-syntax': ['error', ...sleepingSyntax],
      'no-console': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      eqeqeq: 'error',
      'max-params': ['error', 6],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'off', // decorated constructors need the value
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/require-await': 'off', // a port may be asynchronous although one implementation is not
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  // Inside a service: inbound → core → outbound, core → store; never the reverse, never inbound → store.
  {
    files: ['services/*/src/*/**/*.ts'],
    ignores: ['services/*/src/{inbound,outbound,store}/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': restricted(noTesting, noPrismaOutsideStore, {
        group: ['**/inbound/*'],
        message: 'The core does not know who calls it.',
      }),
    },
  },
  {
    files: ['services/*/src/inbound/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': restricted(noTesting, noPrismaOutsideStore, {
        group: ['**/store/*'],
        message: 'Inbound only carries: let the core decide and store.',
      }),
    },
  },
  {
    files: ['services/*/src/outbound/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': restricted(noTesting, noPrismaOutsideStore, {
        group: ['**/inbound/*', '**/store/*'],
        message: 'Outbound only carries.',
      }),
    },
  },
  {
    files: ['services/*/src/store/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': restricted(noTesting, {
        group: ['**/inbound/*', '**/outbound/*'],
        message: 'A repository knows tables only.',
      }),
    },
  },
  // Launchers pass the environment on; the telemetry preload runs before there is a configuration.
  {
    files: ['libs/config/**/*.ts', 'libs/local-stack/**/*.ts', 'libs/observability/src/telemetry.ts', 'services/*/prisma.config.ts'],
    rules: { 'no-restricted-properties': ['error', ...wallClock] },
  },
  { files: ['libs/kernel/**/*.ts'], rules: { 'no-restricted-properties': ['error', ...environment], 'no-restricted-syntax': 'off' } },
  {
    files: SPECS,
    rules: {
      'no-restricted-properties': 'off',
      '@typescript-eslint/no-restricted-imports': 'off',
      'no-console': 'off',
      'no-restricted-syntax': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off', // expect.any and parsed JSON
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  // A file that needs more has two subjects. Specs are lists of cases.
  { files: ['**/*.ts', '**/*.mjs'], ignores: ['**/*.spec.ts'], rules: { 'max-lines': ['error', 300] } },
  {
    files: ['libs/*/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    plugins: { daybreak: { rules: { 'documented-exports': documentedExports() } } },
    rules: { 'daybreak/documented-exports': 'error' },
  },
  { files: SCRIPTS, languageOptions: { globals: globals.node } },
  { files: ['services/*/page/**/*.js'], languageOptions: { globals: globals.browser } },
  prettier,
);

/** Resolves our own packages to their sources, as TypeScript and Jest do. */
function resolver() {
  return {
    interfaceVersion: 3,
    name: 'daybreak-source',
    resolve(specifier, from) {
      if (specifier.startsWith('.')) return { found: true, path: new URL(specifier.replace(/\.js$/, '.ts'), `file://${from}`).pathname };
      const ours = /^@daybreak\/([a-z-]+)$/.exec(specifier);
      return ours ? { found: true, path: `${import.meta.dirname}/libs/${ours[1]}/src/index.ts` } : { found: false };
    },
  };
}

/** Whoever uses a library reads its declarations, not its sources: each says what it is, in which unit, and how it fails. */
function documentedExports() {
  return {
    meta: { type: 'suggestion', schema: [], messages: { bare: 'An export of a library has JSDoc: what it is, its unit, its errors.' } },
    create: ({ sourceCode, report }) => ({
      'ExportNamedDeclaration[declaration]'(node) {
        const above = sourceCode.getCommentsBefore(node.declaration.decorators?.[0] ?? node).findLast(({ type }) => type === 'Block');
        const isJsDoc = above?.value.startsWith('*');
        const isName = node.declaration.typeAnnotation?.type === 'TSIndexedAccessType'; // of what is documented where it stands
        if (!isJsDoc && !isName) report({ node, messageId: 'bare' });
      },
    }),
  };
}
