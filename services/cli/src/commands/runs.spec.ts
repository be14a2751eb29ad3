import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EXIT } from '../exit-code.js';
import { run } from '../program.js';

const RUN_ID = 'main-20261122-0600';
const RUN = {
  runId: RUN_ID,
  state: 'FROZEN',
  planned: 848,
  fallback: 3,
  exclusions: [{ reason: 'opted-out', recipients: 2 }],
  shards: [{ shardId: 'shard-1', deliveries: 848 }],
  readiness: { verdict: 'GO_DEGRADED', reasons: ['template/daily_pack/mr: the standby is active'] },
};
const REPORT = {
  runId: RUN_ID,
  verdict: 'PASS',
  sealed: true,
  objective: 0.99,
  slaStage: 'sent',
  denominator: 848,
  onTime: { accepted: 848, sent: 846, delivered: 831 },
  ratio: { accepted: 1, sent: 0.9976, delivered: null },
  missesByDetail: { 'platform/no-status': 2 },
};
const LADDER = { planned: '2026-11-22T00:15:00Z', accepted: null };

/** One server is both services: their paths do not meet in these commands, but for the run itself. */
const ANSWERS: Readonly<Record<string, object>> = {
  '/scheduler/runs': [RUN],
  [`/scheduler/runs/${RUN_ID}`]: RUN,
  [`/scheduler/runs/${RUN_ID}/recipients/adv-1`]: { excluded: 'opted-out' },
  [`/scheduler/runs/${RUN_ID}/recipients/adv-2`]: { planned: { shardId: 'shard-1' } },
  [`/tracker/runs/${RUN_ID}`]: REPORT,
  [`/tracker/runs/${RUN_ID}/deliveries/adv-2`]: {
    ...{ status: 'failed', shardId: 'shard-1', reason: 'recipient', ladder: LADDER },
    miss: { cause: 'recipient', detail: 'not-on-whatsapp' },
  },
};

describe('daybreak runs', () => {
  let server: Server;
  let tokens: Set<string | undefined>;

  beforeEach(async () => {
    tokens = new Set();
    server = createServer((request, response) => {
      tokens.add(request.headers.authorization);
      const answer = ANSWERS[request.url ?? ''];
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
  });

  afterEach(() => void server.close());

  const daybreak = async (...argv: string[]): Promise<{ exitCode: number; out: string; err: string }> => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const env = {
      DAYBREAK_SCHEDULER_URL: `${base}/scheduler`,
      DAYBREAK_SLA_TRACKER_URL: `${base}/tracker`,
      DAYBREAK_TOKEN: 'dbk_this-test',
    };
    const exitCode = await run(argv, { stdin: Readable.from([]), stdout, stderr }, env);
    stdout.end();
    stderr.end();
    return { exitCode, out: await text(stdout), err: await text(stderr) };
  };

  it.each([
    ['what is planned', ['list'], /^main-20261122-0600 +FROZEN +848 +2 +GO-DEGRADED$/m],
    ['why the gate does not say GO', ['show', RUN_ID], /^gate: GO-DEGRADED\n {2}template\/daily_pack\/mr: the standby is active\n\n/m],
    ['who is left out', ['show', RUN_ID], /^opted-out +2$/m],
    [
      'the figure, as it was sealed',
      ['report', RUN_ID],
      /PASS \(sealed\), 99 % of 848 had to be sent on time\n[\s\S]*^sent +846 +99.76 %$/m,
    ],
    ['no share where there is none', ['report', RUN_ID], /^delivered +831 +–$/m],
    ['whose fault misses are', ['report', RUN_ID], /^platform\/no-status +2$/m],
    ['who was never planned', ['why', RUN_ID, 'adv-1'], /^adv-1: not in the plan, opted-out$/m],
    ['how far a delivery came', ['why', RUN_ID, 'adv-2'], /^adv-2: failed on shard-1, recipient; missed: recipient, not-on-whatsapp$/m],
  ])('tells %s', async (_what, argv, told) => {
    const { exitCode, out, err } = await daybreak('runs', ...argv);

    expect([exitCode, err]).toEqual([EXIT.ok, '']);
    expect(out).toMatch(told);
    expect([...tokens]).toEqual(['Bearer dbk_this-test']);
  });

  it('gives machines the whole answer', async () => {
    expect(JSON.parse((await daybreak('--json', 'runs', 'why', RUN_ID, 'adv-2')).out)).toMatchObject({
      planned: { shardId: 'shard-1' },
      delivery: { ladder: LADDER },
    });
  });

  it('says which address is missing', async () => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const exitCode = await run(['runs', 'report', RUN_ID], { stdin: Readable.from([]), stdout, stderr }, {});
    stderr.end();

    expect(exitCode).toBe(EXIT.usage);
    expect(await text(stderr)).toContain('Set DAYBREAK_SLA_TRACKER_URL or --sla-tracker-url');
  });
});
