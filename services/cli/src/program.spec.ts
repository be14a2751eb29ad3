import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { PassThrough, Readable } from 'node:stream';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { describeConfig } from '@daybreak/config';
import { cliConfig } from './cli.config.js';
import { EXIT } from './exit-code.js';
import { run } from './program.js';

const TOKEN = 'dbk_only-for-this-test';

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly body: unknown;
}

const CONTROL = { paused: true, draining: false, maxRate: null, reason: 'looks odd', actor: 'user:asha' };
const CAPACITY = { maximumRate: 76, availableRate: 76, actualRate: 38, utilisation: 0.5 };
const SHARD = {
  shardId: 'shard-1',
  state: 'active',
  role: 'primary',
  owner: 'sender-0',
  epoch: 3,
  heldBack: null,
  control: null,
  capacity: CAPACITY,
  due: 12,
  claimed: 4,
  inFlight: 2,
  deliveries: { QUEUED: 400, ACCEPTED: 20 },
  breakers: [],
};
const SURVEY = {
  killSwitch: null,
  shards: [SHARD],
  accounts: [{ wabaId: '200', shardIds: ['shard-1'], capacity: CAPACITY, portfolioLimit: null, portfolioStartedToday: 20 }],
  breakers: [
    { scope: 'template', key: 'daily_pack_v1/en', fault: 'template', openedAt: '2026-11-23T00:00:00Z', endedBy: 'operator', until: null },
    {
      scope: 'shard',
      key: '400',
      fault: 'maintenance',
      openedAt: '2026-11-23T00:30:00Z',
      endedBy: 'time',
      until: '2026-11-23T00:31:00.000Z',
    },
  ],
};
const REDIS = {
  reachable: true,
  version: '7.0.15',
  role: 'master',
  replicas: 0,
  pingMs: 0.42,
  maxmemoryPolicy: 'noeviction',
  usedMemoryBytes: 2 * 1024 ** 2,
  maxmemoryBytes: 0,
  aof: true,
  concerns: [] as string[],
};
const MESSAGE = {
  messageId: '6f1c2b8e-7d3a-5b8e-9c41-0a2f4d5e6f70',
  recipientId: 'adv-00001',
  phoneNumberId: '106',
  template: 'daily_pack_v1/en',
  test: false,
  state: 'QUEUED',
  attempt: 0,
  errorCode: 0,
  reason: '',
};

describe('daybreak', () => {
  let server: Server;
  let url: string;
  let seen: Seen[];
  let answers: Record<string, readonly [status: number, body: unknown]>;

  beforeEach(async () => {
    seen = [];
    answers = {};
    server = createServer((request, response) => {
      void read(request).then((body) => {
        const { method = '', url: path = '', headers } = request;
        seen.push({
          method,
          path,
          authorization: headers.authorization,
          idempotencyKey: headers['idempotency-key'] as string | undefined,
          body,
        });
        const [status, answer] = answers[`${method} ${path}`] ?? [
          404,
          { type: 'about:blank', status: 404, detail: 'there is no such shard' },
        ];
        response
          .writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' })
          .end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const daybreak = async (argv: readonly string[], env: NodeJS.ProcessEnv = {}, typed = '') => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const code = await run(
      argv,
      { stdin: Readable.from([typed]), stdout, stderr },
      { DAYBREAK_SENDER_URL: url, DAYBREAK_TOKEN: TOKEN, ...env },
    );
    stdout.end();
    stderr.end();
    return { code, out: await text(stdout), err: await text(stderr) };
  };

  describe('shards', () => {
    it('shows what stands still, and until when or until whom', async () => {
      answers['GET /shards'] = [200, SURVEY];

      const { out } = await daybreak(['shards', 'list']);

      expect(out).toMatch(/^template +daily_pack_v1\/en +template +\S+ +the operator ends it$/m);
      expect(out).toMatch(/^shard +400 +maintenance +\S+ +2026-11-23T00:31:00.000Z$/m);
    });

    it('lists them as a table', async () => {
      answers['GET /shards'] = [200, SURVEY];

      const { code, out } = await daybreak(['shards', 'list']);

      expect(code).toBe(EXIT.ok);
      expect(out).toContain(
        'SHARD    STATE   OWNER     EPOCH  RATE/S  MAX/S  NOW/S  USED  DUE  WAITING  CLAIMED  IN FLIGHT  HELD BACK BY\n',
      );
      expect(out).toContain('shard-1  active  sender-0      3      76     76     38  50 %   12      400        4          2  –\n');
      expect(out).toContain('daily_pack_v1/en');
    });

    it('lists them as JSON, all that the service said', async () => {
      answers['GET /shards'] = [200, { ...SURVEY, new_field: 1 }];

      const { out } = await daybreak(['--json', 'shards', 'list']);

      expect(JSON.parse(out)).toEqual({ ...SURVEY, new_field: 1 });
    });

    it.each<[string[], string, object]>([
      [['pause', 'shard-1'], 'POST /shards/shard-1/pause', {}],
      [['resume', 'shard-1'], 'POST /shards/shard-1/resume', {}],
      [['drain', 'shard-1'], 'POST /shards/shard-1/drain', {}],
      [['rate', 'shard-1', '20'], 'PUT /shards/shard-1/rate', { messagesPerSecond: 20 }],
      [['rate', 'shard-1', 'auto'], 'PUT /shards/shard-1/rate', { messagesPerSecond: null }],
    ])('%j asks for it, with the reason and the token', async (argv, route, body) => {
      answers[route] = [200, CONTROL];

      const { code, out } = await daybreak(['shards', ...argv, '--reason', 'looks odd']);

      expect([code, out]).toEqual([EXIT.ok, 'shard-1: paused (user:asha: looks odd)\n']);
      expect(seen).toMatchObject([{ authorization: `Bearer ${TOKEN}`, body: { ...body, reason: 'looks odd' } }]);
    });
  });

  it.each([
    ['on', true],
    ['off', false],
  ])('turns the kill switch %s', async (name, on) => {
    answers['POST /kill-switch'] = [200, CONTROL];

    expect((await daybreak(['kill-switch', name, '--reason', 'wrong pack'])).code).toBe(EXIT.ok);
    expect(seen[0]?.body).toEqual({ on, reason: 'wrong pack' });
  });

  it('closes a breaker, whatever is in its key', async () => {
    answers['POST /breakers/template/daily_pack_v1%2Fen/close'] = [200, { closed: true }];

    expect(await daybreak(['breakers', 'close', 'template', 'daily_pack_v1/en', '--reason', 'fixed'])).toMatchObject({
      code: EXIT.ok,
      out: 'template daily_pack_v1/en: closed\n',
    });
  });

  describe('queues', () => {
    const queues = [{ shardId: 'shard-1', queue: 'slice.shard-1', paused: false, jobs: { waiting: 0, delayed: 300, failed: 0 } }];

    it('shows them and their Redis in one command', async () => {
      answers['GET /queues'] = [200, { queues, redis: REDIS }];

      const { code, out } = await daybreak(['queues']);

      expect(code).toBe(EXIT.ok);
      expect(out).toContain('7.0.15  master         0  0.4 ms  noeviction  yes  2.0 MiB, no limit');
      expect(out).toMatch(/slice\.shard-1 +0 +0 +300 +0 +0 +no/);
    });

    it.each([
      ['may evict', { queues, redis: { ...REDIS, concerns: ['maxmemory-policy is allkeys-lru: it may forget jobs'] } }, /allkeys-lru/],
      ['is away', { queues: [], redis: { reachable: false, concerns: ['Redis is reconnecting'] } }, /reconnecting/],
    ])('ends with 5 when Redis %s', async (_, answer, why) => {
      answers['GET /queues'] = [200, answer];

      expect(await daybreak(['queues'])).toMatchObject({ code: EXIT.unwell, err: expect.stringMatching(why) });
    });
  });

  describe('send', () => {
    const send = ['send', '--recipient', 'adv-00001', '--template', 'daily_pack_v1', '--param', 'name=Asha K', '--param', 'headline=Up'];

    it('queues one message, and waits until it is settled', async () => {
      answers['POST /messages'] = [202, MESSAGE];
      answers[`GET /messages/${MESSAGE.messageId}`] = [200, { ...MESSAGE, state: 'ACCEPTED', attempt: 1 }];

      const { code, out } = await daybreak([...send, '--key', 'my-request']);

      expect(code).toBe(EXIT.ok);
      expect(out).toContain('ACCEPTED');
      expect(seen[0]).toMatchObject({
        idempotencyKey: 'my-request',
        body: {
          recipientId: 'adv-00001',
          template: { name: 'daily_pack_v1', language: 'en', bodyParameters: { name: 'Asha K', headline: 'Up' } },
        },
      });
    });

    it('takes a phone number from standard input only, and repeats it nowhere', async () => {
      answers['POST /messages'] = [
        400,
        { status: 400, detail: 'the request is not valid', errors: [{ field: 'address', reason: 'is not allowed' }] },
      ];

      const { code, out, err } = await daybreak([...send, '--address-stdin'], {}, '+917000012345\n');

      expect(seen[0]?.body).toMatchObject({ address: '+917000012345' });
      expect(code).toBe(EXIT.failed);
      expect(err).toContain('address: is not allowed');
      expect(out + err).not.toContain('7000012345');
    });

    it('fails when the message was not sent', async () => {
      answers['POST /messages'] = [202, { ...MESSAGE, state: 'SUPPRESSED', reason: 'consent' }];

      expect(await daybreak([...send, '--wait', '0'])).toMatchObject({
        code: EXIT.failed,
        err: expect.stringContaining('SUPPRESSED, consent'),
      });
    });

    it('says how to look again when it is not settled in time', async () => {
      answers['POST /messages'] = [202, MESSAGE];

      expect(await daybreak([...send, '--wait', '0'])).toMatchObject({
        code: EXIT.ok,
        err: expect.stringContaining(`daybreak message ${MESSAGE.messageId}`),
      });
    });
  });

  describe('exit codes', () => {
    it.each<[string, readonly [number, unknown], number, RegExp]>([
      ['the service cannot do it', [422, { status: 422, detail: 'nothing is known' }], EXIT.failed, /nothing is known/],
      ['there is no token', [401, { status: 401, detail: 'a bearer token is missing' }], EXIT.notAllowed, /token is missing/],
      [
        'a role is missing',
        [403, { status: 403, detail: 'this needs the role operator', requiredRoles: ['operator'] }],
        EXIT.notAllowed,
        /operator/,
      ],
      [
        'the service cannot reach what it needs',
        [503, { status: 503, detail: 'the identity provider' }],
        EXIT.unreachable,
        /identity provider/,
      ],
      ['the service speaks another language', [200, { shards: 'none' }], EXIT.failed, /not what this version expects/],
      ['somebody else answers', [500, '<html>'], EXIT.failed, /answered 500/],
    ])('when %s', async (_, answer, code, why) => {
      answers['GET /shards'] = answer;

      const ended = await daybreak(['shards', 'list']);

      expect(ended).toMatchObject({ code, out: '', err: expect.stringMatching(why) });
      expect(ended.err).not.toContain(TOKEN);
    });

    it('when nobody answers', async () => {
      const ended = await daybreak(['shards', 'list'], { DAYBREAK_SENDER_URL: 'http://127.0.0.1:1' });

      expect(ended).toMatchObject({ code: EXIT.unreachable, err: expect.stringContaining('http://127.0.0.1:1 does not answer') });
    });

    it('when nobody answers in time', async () => {
      const silent = createServer(() => undefined);
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));

      const ended = await daybreak(['shards', 'list'], {
        DAYBREAK_SENDER_URL: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
        DAYBREAK_TIMEOUT_MS: '150',
      });

      expect(ended).toMatchObject({ code: EXIT.unreachable, err: expect.stringContaining('no answer within 150 ms') });
      silent.closeAllConnections();
      await new Promise((resolve) => silent.close(resolve));
    });

    it.each([
      ['an unknown command', ['shards', 'explode']],
      ['a missing reason', ['shards', 'pause', 'shard-1']],
      ['a rate that is none', ['shards', 'rate', 'shard-1', 'fast', '--reason', 'x']],
      ['a parameter without a value', ['send', '--recipient', 'a', '--template', 't', '--param', 'name']],
      ['no command', []],
    ])('when the command line is wrong: %s', async (_, argv) => {
      expect((await daybreak(argv)).code).toBe(EXIT.usage);
      expect(seen).toEqual([]);
    });

    it('when the environment is wrong, or does not say where the service is', async () => {
      expect(await daybreak(['shards', 'list'], { DAYBREAK_SENDER_URL: '' })).toMatchObject({
        code: EXIT.usage,
        err: expect.stringContaining('--sender-url'),
      });
      expect(await daybreak(['shards', 'list'], { DAYBREAK_SENDER_URL: 'sender' })).toMatchObject({ code: EXIT.usage });
      expect(await daybreak(['shards', 'list'], { DAYBREAK_TOKEN: '', DAYBREAK_TOKEN_FILE: '/nowhere' })).toMatchObject({
        code: EXIT.usage,
      });
    });

    it('as JSON on stderr with --json', async () => {
      answers['GET /shards'] = [403, { status: 403, detail: 'this needs the role viewer', requiredRoles: ['viewer'] }];

      const { err, out } = await daybreak(['--json', 'shards', 'list']);

      expect(out).toBe('');
      expect(JSON.parse(err)).toEqual({
        error: 'this needs the role viewer',
        exitCode: EXIT.notAllowed,
        problem: { status: 403, detail: 'this needs the role viewer', requiredRoles: ['viewer'] },
      });
    });
  });

  it('prefers the flag to the environment, and reads the token from a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'daybreak-cli-'));
    writeFileSync(join(folder, 'token'), `${TOKEN}\n`);
    answers['GET /shards'] = [200, SURVEY];

    const env = { DAYBREAK_SENDER_URL: 'http://127.0.0.1:1', DAYBREAK_TOKEN: '', DAYBREAK_TOKEN_FILE: join(folder, 'token') };
    expect((await daybreak(['--sender-url', url, 'shards', 'list'], env)).code).toBe(EXIT.ok);
    expect(seen[0]?.authorization).toBe(`Bearer ${TOKEN}`);
    rmSync(folder, { recursive: true });
  });

  it('is configured as the README says', () => {
    const rows = describeConfig(cliConfig).map(
      (row) => `| \`${row.name}\` | ${row.default === '' ? '' : `\`${row.default}\``} | ${row.description} |`,
    );

    expect(readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8')).toContain(rows.join('\n'));
  });

  it('makes a token, and an entry that does not hold it', async () => {
    const { code, out } = await daybreak(['--json', 'tokens', 'new', '--subject', 'night-shift', '--role', 'operator', 'viewer']);

    const made = JSON.parse(out) as { token: string; entry: string };
    expect(code).toBe(EXIT.ok);
    expect(made.token).toMatch(/^dbk_[\w-]{43}$/);
    expect(made.entry).toMatch(/^night-shift:operator\+viewer:[0-9a-f]{64}$/);
  });
});

async function read(request: IncomingMessage): Promise<unknown> {
  const given = await text(request);
  return given === '' ? undefined : JSON.parse(given);
}
