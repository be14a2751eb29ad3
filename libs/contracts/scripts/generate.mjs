// Everything that is derived from proto/ and the topic catalogue: TypeScript, KafkaTopic manifests, docs/events.md.
//   node scripts/generate.mjs          writes them
//   node scripts/generate.mjs --check  fails, naming them, when the committed ones are stale
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, mkdirSync, existsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

const root = join(import.meta.dirname, '../../..');
const check = process.argv.includes('--check');
const run = (command, args) =>
  execFileSync(join(root, 'node_modules/.bin', command), args, { cwd: root, maxBuffer: 64 << 20, stdio: ['ignore', 'pipe', 'inherit'] });

const out = check ? mkdtempSync(join(tmpdir(), 'daybreak-contracts-')) : root;
const GENERATED = 'libs/contracts/src/generated';
const TOPICS = 'k8s/kafka/topics';
const DOCS = 'docs/events.md';

try {
  run('buf', ['generate', '-o', out]);
  // The catalogue is read from the compiled library: a TypeScript file cannot be imported by a plain script.
  run('nx', ['build', '@daybreak/contracts', '--skipNxCache']);
  const { allTopics, topicConfig } = await import(join(root, 'libs/contracts/dist/index.js'));
  const { topicManifests } = await import('./topic-manifests.mjs');
  const { eventsPage } = await import('./events-page.mjs');

  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, run('buf', ['build', '-o', '-', '--as-file-descriptor-set'])));
  const files = new Map([...topicManifests(allTopics, topicConfig)].map(([name, text]) => [join(TOPICS, name), text]));
  files.set(DOCS, eventsPage(allTopics, registry));

  if (!check) rmSync(join(root, TOPICS), { recursive: true, force: true });
  for (const [path, text] of files) {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    writeFileSync(join(out, path), text);
  }
  if (check) {
    const stale = [GENERATED, TOPICS, DOCS].flatMap((path) => differences(join(out, path), join(root, path)));
    if (stale.length > 0) {
      console.error(`Stale, run \`npm run contracts:generate\`:\n${stale.map((path) => `  ${relative(root, path)}`).join('\n')}`);
      process.exitCode = 1;
    }
  }
} finally {
  if (check) rmSync(out, { recursive: true, force: true });
}

function differences(fresh, committed) {
  const listed = (dir) => (existsSync(dir) ? listing(dir) : []);
  const names = new Set([...listed(fresh), ...listed(committed)]);
  return [...names].filter((name) => text(join(fresh, name)) !== text(join(committed, name))).map((name) => join(committed, name));
}

function listing(path) {
  if (statSync(path).isFile()) return [''];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(path, join(entry.parentPath, entry.name)));
}

function text(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
