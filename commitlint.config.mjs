import { readdirSync } from 'node:fs';

const folders = ['libs', 'services'].flatMap((parent) => readdirSync(new URL(parent, import.meta.url)));

// Scopes are folder names: a commit says which room it is about.
export default {
  extends: ['@commitlint/config-conventional'],
  rules: {
    'scope-enum': [2, 'always', [...folders, 'proto', 'charts', 'k8s', 'docs', 'adr', 'test', 'deps']],
    'body-max-line-length': [0],
    'subject-case': [0], // products keep their capitals
    'header-max-length': [2, 'always', 125],
  },
};
