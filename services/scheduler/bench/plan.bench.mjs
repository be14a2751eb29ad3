// How long a plan takes: drawn up and stored, bound by its hash, handed to Kafka; and what memory it needs. Recipients are put into the
// scheduler's tables directly. From the repository's root after a build: `node services/scheduler/bench/plan.bench.mjs [--advisors 100000]`.
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Database, schemaNameOf } from '@daybreak/database';
import { launchServices, prepareNamespace, startStack } from '@daybreak/local-stack';

const { values } = parseArgs({ options: { advisors: { type: 'string', default: '100000' } } });
const advisors = Number(values.advisors);
const NAMESPACE = `bench${process.pid}`;
const FREEZE_IN_S = 12; // the process is up by then
const WABA = '102290129340398';

const stack = await startStack();
const namespace = await prepareNamespace(stack, NAMESPACE, ['scheduler']);
const database = new Database({
  url: namespace.databaseUrls.scheduler,
  schema: schemaNameOf('scheduler', NAMESPACE),
  poolSize: 2,
  applicationName: 'bench',
});
await seed();

const logDir = await mkdtemp(join(tmpdir(), 'plan-bench-'));
const services = await launchServices({
  stack,
  namespace,
  logDir,
  clockSpec: { at: '2026-11-22T05:44:48+05:30', speed: 1, startsInMs: 0 },
  env: { RUN_DAYS: '1' },
  services: [{ name: 'scheduler' }],
});
try {
  const freezeAt = performance.now() + FREEZE_IN_S * 1_000;
  let peakMiB = 0;
  const sample = async () => (peakMiB = Math.max(peakMiB, await residentMiB()));
  const waitFor = async (what) => {
    for (;;) {
      await sample();
      const [row] = await database.query(what);
      if (row !== undefined) return performance.now();
      await new Promise((go) => setTimeout(go, 50));
    }
  };
  const idleMiB = await residentMiB();
  const frozenAt = await waitFor(`select 1 from run where state <> 'OPEN'`);
  const publishedAt = await waitFor('select 1 where not exists (select from outbox)');
  const [run] = await database.query('select planned, plan_hash, shards, exclusions from run');
  const text = await (await fetch(`${services.urls.scheduler}/metrics`)).text();
  const planSeconds = Number(/^daybreak_plan_duration_seconds_sum (\S+)/m.exec(text)?.[1]);
  process.stdout.write(
    [
      `machine    ${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, Node ${process.versions.node}, stores on the same machine`,
      `plan       ${run.planned} deliveries of ${advisors} advisors, ${run.shards.length} numbers, left out ${JSON.stringify(run.exclusions)}`,
      `frozen     ${planSeconds.toFixed(1)} s: ${Math.round(run.planned / planSeconds)} deliveries/s drawn up, stored, bound and put into the outbox`,
      `in Kafka   ${((publishedAt - frozenAt) / 1_000).toFixed(1)} s after that; ${((publishedAt - freezeAt) / 1_000).toFixed(1)} s after the freeze fell due (give or take a second)`,
      `memory     ${idleMiB} MiB before, at most ${peakMiB} MiB`,
      '',
    ].join('\n'),
  );
} finally {
  await services.stopAll();
  await database.close();
  await stack.stop();
  await rm(logDir, { recursive: true, force: true });
}

async function residentMiB() {
  const text = await (await fetch(`${services.urls.scheduler}/metrics`)).text();
  return Math.round(Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1]) / 2 ** 20);
}

async function seed() {
  await database.execute(
    `insert into recipient select 'adv-' || n, 'main', (array['en', 'hi', 'mr'])[1 + n % 3], '{equity}', 'direct',
       decode(repeat(md5(n::text), 2), 'hex'), repeat(md5(n::text), 2), jsonb_build_object('name', 'Advisor ' || n), now()
     from generate_series(1, $1) as n`,
    [advisors],
  );
  await database.execute(
    `insert into consent select 'adv-' || n, '{"content":{"state":"opted_in","sinceMs":0}}', 1 from generate_series(1, $1) as n`,
    [advisors],
  );
  for (const language of ['en', 'hi', 'mr']) {
    await database.execute(
      `insert into content_pack (content_pack_id, tenant_id, run_date, language, audience, critical, parts, body_parameters, content_hash, approved_by,
         approved_at, approval_reference, published_at)
       values ($1, 'main', '2026-11-22', $2, 'all', false, $3, '{"headline":"Markets at a glance"}', repeat('c', 64), 'compliance-1', now(), 'CMP-1', now())`,
      [
        `pack-${language}`,
        language,
        JSON.stringify([
          {
            kind: 'CONTENT_PART_KIND_POST_IMAGE',
            url: 'https://cdn.example/a.png',
            sha256: 'a'.repeat(64),
            mediaType: 'image/png',
            sizeBytes: 1024,
          },
        ]),
      ],
    );
    for (const [version, role] of [
      ['v1', 'active'],
      ['v2', 'standby'],
    ]) {
      await database.execute(
        `insert into template_version values ('daily_pack', $1, $2, 'daily_pack_' || $2, $3, $4, '{name,headline}', true, true, '{}', 1)`,
        [language, version, role, JSON.stringify([{ wabaId: WABA, status: 'APPROVED', category: 'UTILITY' }])],
      );
    }
  }
  const numbers = Math.max(2, Math.ceil(advisors / 15_000)); // 80 messages/s each
  await database.execute(
    `insert into shard select 'shard-' || n, 'number-' || n, $2, 'portfolio-1', 'active', 76, 1, 0, 1 from generate_series(1, $1) as n`,
    [numbers, WABA],
  );
  await database.execute(`insert into waba values ($1, 'portfolio-1', 'active', -1, 1)`, [WABA]);
  await database.execute('analyze');
}
