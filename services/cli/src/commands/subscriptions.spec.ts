import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EXIT } from '../exit-code.js';
import { run } from '../program.js';

const OURS = 'https://hooks.example.in/webhooks/whatsapp';
const ELSEWHERE = { wabaId: '202', state: 'elsewhere', callbackUrl: 'https://example.org', resubscribed: false };
const SUBSCRIBED = { wabaId: '201', state: 'subscribed', callbackUrl: OURS, resubscribed: true };

describe('daybreak subscriptions', () => {
  let server: Server;
  let seen: string[];
  let answers: Record<string, readonly [status: number, body: object]>;

  beforeEach(async () => {
    seen = [];
    answers = {};
    server = createServer((request, response) => {
      const asked = `${request.method} ${request.url}`;
      seen.push(asked);
      const [status, body] = answers[asked] ?? [500, {}];
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
  });

  afterEach(() => void server.close());

  const daybreak = async (...argv: string[]): Promise<{ exitCode: number; out: string; err: string }> => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const env = { DAYBREAK_INGEST_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, DAYBREAK_TOKEN: 'dbk_for-this-test' };
    const exitCode = await run(['subscriptions', ...argv], { stdin: Readable.from([]), stdout, stderr }, env);
    stdout.end();
    stderr.end();
    return { exitCode, out: await text(stdout), err: await text(stderr) };
  };

  it('lists what was found last, without asking Meta', async () => {
    answers['GET /subscriptions'] = [200, { subscriptions: [{ wabaId: '201', state: 'unchecked', callbackUrl: null, checkedAt: null }] }];

    const { exitCode, out } = await daybreak('list');

    expect([exitCode, seen]).toEqual([EXIT.ok, ['GET /subscriptions']]);
    expect(out).toMatch(/^201 +unchecked/m);
  });

  it('verifies, and ends well when all are subscribed', async () => {
    answers['POST /subscriptions/verify'] = [200, { subscriptions: [SUBSCRIBED] }];

    const { exitCode, out } = await daybreak('verify');

    expect(exitCode).toBe(EXIT.ok);
    expect(out).toMatch(/^201 +subscribed +https:\/\/hooks\.example\.in\/webhooks\/whatsapp +– +yes/m);
  });

  it('ends with its own code, and says whose, when webhooks of one do not reach us', async () => {
    answers['POST /subscriptions/verify'] = [200, { subscriptions: [SUBSCRIBED, ELSEWHERE] }];

    const { exitCode, err } = await daybreak('verify');

    expect([exitCode, err]).toEqual([EXIT.unwell, 'daybreak: the webhooks of 202 do not reach us\n']);
  });

  it('names numbers whose own override sends theirs elsewhere', async () => {
    answers['GET /subscriptions'] = [200, { subscriptions: [{ ...ELSEWHERE, callbackUrl: OURS, numbersElsewhere: ['106', '107'] }] }];

    const { out } = await daybreak('list');

    expect(out).toMatch(/^202 +elsewhere +\S+ +106 107/m);
  });

  it('subscribes one again', async () => {
    answers['POST /subscriptions/202/resubscribe'] = [200, { ...SUBSCRIBED, wabaId: '202' }];

    const { exitCode, out } = await daybreak('resubscribe', '202');

    expect(exitCode).toBe(EXIT.ok);
    expect(out).toMatch(/^202 +subscribed/m);
  });

  it.each([
    ['that there is no such WABA', 404, 'no such WABA', EXIT.failed],
    ['that Meta did not take it', 502, 'Meta did not take the subscription', EXIT.unreachable],
    ['that an operator is needed', 403, 'needs the role operator', EXIT.notAllowed],
  ])('says %s', async (_, status, detail, code) => {
    answers['POST /subscriptions/999/resubscribe'] = [status, { type: 'about:blank', title: '', status, detail }];

    const { exitCode, err } = await daybreak('resubscribe', '999');

    expect([exitCode, err]).toEqual([code, `daybreak: ${detail}\n`]);
  });
});
