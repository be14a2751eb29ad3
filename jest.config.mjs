// Three sizes with three names: `npm run test:unit`, `npm run test:medium`; e2e runs through `make test`.
const ours = {
  roots: ['<rootDir>/libs', '<rootDir>/services', '<rootDir>/test'].map((d) => d),
  rootDir: import.meta.dirname,
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/\\.nx', '<rootDir>/\\.daybreak'],
  testEnvironmentOptions: { customExportConditions: ['@daybreak/source', 'node', 'node-addons'] },
  transform: { '\\.ts$': ['@swc/jest', { module: { type: 'es6' } }] },
};

export default {
  maxWorkers: 2,
  projects: [
    {
      ...ours,
      displayName: 'unit',
      testMatch: ['**/*.spec.ts'],
      testPathIgnorePatterns: ['\\.medium\\.spec\\.ts$', '\\.e2e\\.spec\\.ts$', '/node_modules/', '/dist/'],
    },
    {
      ...ours,
      displayName: 'medium',
      testMatch: ['**/*.medium.spec.ts'],
      globalSetup: '<rootDir>/test/medium/start-stack.mjs',
      globalTeardown: '<rootDir>/test/medium/stop-stack.mjs',
      setupFilesAfterEnv: ['<rootDir>/test/medium/time-limit.mjs'],
    },
    { ...ours, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.e2e.spec.ts'] },
  ],
};
