// What anybody would write who records what they send, and promises nothing: claims of 200, undici POSTs, the row, the attempt and an outbox row in
// batches of 500. No lease, no throttle, no last look, no relay to Kafka. The distance to it is the price of our guarantees. Started like the raw loop.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { openWire } from './wire.mjs';

const CLAIM = 200;
const BATCH = 500;
const CONNECTIONS = 4;

const { url, databaseUrl, schema, count, inFlight } = JSON.parse(process.argv[2]);
const database = new pg.Pool({ connectionString: databaseUrl, max: CONNECTIONS, options: `-c search_path=${schema}` });
const wire = openWire({ url, inFlight });

await database.query(`
  drop schema if exists ${schema} cascade;
  create schema ${schema};
  create table delivery (id integer primary key, state text not null default 'QUEUED', attempt smallint not null default 0, due_at timestamptz not null,
    wamid text, settled_at timestamptz) with (fillfactor = 70);
  create index on delivery (due_at) where state = 'QUEUED';
  create table attempt (delivery_id integer, attempt smallint, started_at timestamptz not null, finished_at timestamptz not null, wamid text not null,
    primary key (delivery_id, attempt));
  create table outbox (id bigint generated always as identity primary key, topic text not null, payload jsonb not null);
  insert into delivery (id, due_at) select i, now() + i * interval '1 ms' from generate_series(0, ${Number(count) - 1}) i;`);
await database.query('vacuum analyze delivery');
await wire.warmUp();
process.send({ ready: true });
await new Promise((resolve) => process.once('message', resolve));

const results = [];
let recorded = 0;
let isSent = false;

async function send({ id, attempt }) {
  const startedAt = new Date();
  const wamid = await wire.post(id);
  results.push({ id, attempt, startedAt, finishedAt: new Date(), wamid });
}

async function claimAndSend() {
  const sent = [];
  for (;;) {
    const { rows } = await database.query(
      `update delivery set state = 'CLAIMED', attempt = attempt + 1
       where id in (select id from delivery where state = 'QUEUED' order by due_at limit $1 for update skip locked) returning id, attempt`,
      [CLAIM],
    );
    if (rows.length === 0) break;
    sent.push(Promise.all(rows.map(send)));
    if (sent.length > inFlight / CLAIM) await sent.shift(); // a claim ahead of the wire, no more
  }
  await Promise.all(sent);
}

async function record(batch) {
  const column = (name) => batch.map((result) => result[name]);
  const client = await database.connect();
  await client.query('begin');
  await client.query(
    `update delivery d set state = 'ACCEPTED', wamid = r.wamid, settled_at = now() from unnest($1::integer[], $2::text[]) as r (id, wamid) where d.id = r.id`,
    [column('id'), column('wamid')],
  );
  await client.query(
    `insert into attempt select * from unnest($1::integer[], $2::smallint[], $3::timestamptz[], $4::timestamptz[], $5::text[])`,
    ['id', 'attempt', 'startedAt', 'finishedAt', 'wamid'].map(column),
  );
  await client.query(`insert into outbox (topic, payload) select 'delivery.settled', p from unnest($1::jsonb[]) p`, [
    batch.map((result) => JSON.stringify(result)),
  ]);
  await client.query('commit');
  client.release();
  recorded += batch.length;
}

async function recordAll() {
  while (recorded < count) {
    if (results.length >= BATCH || (isSent && results.length > 0)) await record(results.splice(0, BATCH));
    else await sleep(2);
  }
}

const startedAt = performance.now();
const cpuBefore = process.cpuUsage();
const recording = Promise.all([recordAll(), recordAll()]);
await Promise.all([claimAndSend(), claimAndSend()]);
isSent = true;
await recording;
const seconds = (performance.now() - startedAt) / 1_000;
const { user, system } = process.cpuUsage(cpuBefore);
await Promise.all([wire.close(), database.end()]); // its schema stays behind: dropping it would count as work
process.send({ perSecond: count / seconds, cpuSeconds: (user + system) / 1e6 }, () => process.exit());
