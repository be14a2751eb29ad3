#!/usr/bin/env node
// npm run openapi:generate                        writes src/generated/whatsapp-cloud-api.ts from our description
// npm run openapi:generate -- --check             fails when the committed types are not what would be generated
// npm run openapi:generate -- --spec <file|URL>   prints, endpoint by endpoint, where another description differs from ours
// npm run openapi:generate -- --meta              the same against the one Meta publishes
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import openapiTS, { astToString } from 'openapi-typescript';
import { parse } from 'yaml';
import { driftBetween, renderDrift } from './drift.mjs';

const META_SPEC = 'https://raw.githubusercontent.com/facebook/openapi/main/business-messaging-api_v23.0.yaml';
const OURS = new URL('whatsapp-cloud-api.yaml', import.meta.url);
const GENERATED = join(import.meta.dirname, '..', 'src', 'generated', 'whatsapp-cloud-api.ts');
const HEADER = '// Generated from openapi/whatsapp-cloud-api.yaml by `npm run openapi:generate`. Do not edit.\n\n';

const { values: options } = parseArgs({
  options: { check: { type: 'boolean' }, spec: { type: 'string' }, meta: { type: 'boolean' } },
});

const generate = async () => HEADER + astToString(await openapiTS(OURS, { silent: true, immutable: true, emptyObjectsUnknown: true }));

async function textOf(source) {
  if (!/^https?:/.test(source)) return readFile(source, 'utf8');
  const answer = await fetch(source);
  if (!answer.ok) throw new Error(`${source} answered ${answer.status}`);
  return answer.text();
}

async function printDrift(source) {
  const theirs = parse(await textOf(source), { maxAliasCount: -1 });
  const ours = parse(await readFile(OURS, 'utf8'));
  process.stdout.write(renderDrift(driftBetween(ours, theirs), source));
}

async function check() {
  const committed = await readFile(GENERATED, 'utf8').catch(() => '');
  if (committed === (await generate())) return;
  process.stderr.write(
    'The generated types do not match openapi/whatsapp-cloud-api.yaml: run `npm run openapi:generate` and commit the result.\n',
  );
  process.exitCode = 1;
}

try {
  if (options.meta || options.spec) await printDrift(options.spec ?? META_SPEC);
  else if (options.check) await check();
  else await writeFile(GENERATED, await generate());
} catch (error) {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}${cause}\n`);
  process.exitCode = 1;
}
