// `make test`: the checks, then the three sizes. Every step runs even if one before it failed; the last line sums them up.
//   node test/run-all.mjs [checks] [unit] [medium] [e2e]     all of them when none is named
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'daybreak-test-'));
const npm = (...script) => ['npm', ['run', '--silent', ...script]];
const check = (name, command, env = {}) => ({ name, command, env, count: countExit });
const jest = (name, size, env = {}) => {
  const report = join(scratch, `${name.replaceAll(/\W+/g, '-')}.json`);
  return { name, command: npm(`test:${size}`, '--', '--json', `--outputFile=${report}`), env, count: () => countJest(report) };
};

const SIZES = {
  checks: [
    check('build', npm('build')),
    check('generated files are current, contracts do not break', npm('contracts:check')),
    check('formatting', npm('format:check')),
    check('types', npm('typecheck')),
    check('lint', npm('lint')),
    check('commit messages', npm('commits')),
    check('layer rules bite', ['node', ['test/boundaries.mjs']]),
  ],
  unit: [jest('unit, TZ=UTC', 'unit', { TZ: 'UTC' }), jest('unit, TZ=America/New_York', 'unit', { TZ: 'America/New_York' })],
  medium: [check('build', npm('build')), jest('medium', 'medium')],
  e2e: [check('build', npm('build')), jest('e2e', 'e2e')],
};

const named = process.argv.slice(2);
const unknown = named.filter((size) => !(size in SIZES));
if (unknown.length > 0) {
  console.error(`no such size: ${unknown.join(', ')}; there are ${Object.keys(SIZES).join(', ')}`);
  process.exit(2);
}

const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
const done = new Set();
for (const step of (named.length > 0 ? named : Object.keys(SIZES)).flatMap((size) => SIZES[size])) {
  if (done.has(step.name)) continue;
  done.add(step.name);
  console.log(`\n── ${step.name}`);
  const startedMs = performance.now();
  const [command, args] = step.command;
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...step.env } });
  const { passed, failed, skipped } = step.count(status);
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  if (failed > 0) failures.push(step.name);
  console.log(`   ${failed > 0 ? 'FAILED' : 'ok'} in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
}
rmSync(scratch, { recursive: true, force: true });

if (failures.length > 0) console.log(`\nfailed: ${failures.join('; ')}`);
if (total.skipped > 0) console.log(`\n${total.skipped} skipped: they need something that is not on this machine (each says what)`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;

function countExit(status) {
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
}

/** Jest's own count; a suite that did not even load, or a run that wrote no report, is a failure. */
function countJest(report) {
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const result = JSON.parse(readFileSync(report, 'utf8'));
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return { passed: result.numPassedTests, failed: result.success ? failed : Math.max(1, failed), skipped: result.numPendingTests };
}
