import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { HealthRegistry, metrics } from '@daybreak/observability';
import { eventually } from '@daybreak/testing';
import { fastify, type FastifyInstance } from 'fastify';
import type { TakeWebhook, WebhookAnswer } from '../edge/take-webhook.js';
import { WEBHOOK_PATH, WebhookController } from './webhook.controller.js';

const TOO_LONG = 3 * 1_048_576 + 1;

describe(WebhookController.name, () => {
  let http: FastifyInstance;
  let url: string;
  const take = jest.fn<(raw: Buffer, signature: string | undefined) => Promise<WebhookAnswer>>();

  beforeEach(async () => {
    take.mockReset().mockResolvedValue({ status: 200, result: 'accepted' });
    http = fastify();
    http.post('/other', async (request) => ({ got: request.body }));
    new WebhookController({ take } as unknown as TakeWebhook, new HealthRegistry(), {
      WEBHOOK_VERIFY_TOKEN: 'token',
      WEBHOOK_APP_SECRETS: ['secret'],
      WEBHOOK_CLIENT_CN: '',
    }).register(http);
    url = await http.listen({ port: 0, host: '127.0.0.1' });
  });

  afterEach(() => http.close());

  const countOf = async (result: string): Promise<number> =>
    (await metrics.webhookRequests.get()).values.find(({ labels }) => labels.result === result)?.value ?? 0;

  it.each(['', '?tenant=7'])('hands the bytes and the signature on, at the address%s', async (query) => {
    const response = await fetch(`${url}${WEBHOOK_PATH}${query}`, {
      method: 'POST',
      body: '{"ä":1}',
      headers: { 'x-hub-signature-256': 's' },
    });

    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(take).toHaveBeenCalledWith(Buffer.from('{"ä":1}'), 's');
  });

  it('takes what Fastify was given first just as well', async () => {
    const response = await http.inject({
      method: 'POST',
      url: WEBHOOK_PATH,
      payload: '{}',
      headers: { 'content-type': 'application/json' },
    });

    expect(response.statusCode).toBe(200);
    expect(take).toHaveBeenCalledWith(Buffer.from('{}'), undefined);
  });

  it('leaves everything else to Fastify', async () => {
    const headers = { 'content-type': 'application/json' };
    const [other, longer, another] = await Promise.all([
      fetch(`${url}/other`, { method: 'POST', body: '{"a":1}', headers }),
      fetch(`${url}${WEBHOOK_PATH}s`, { method: 'POST', body: '{}', headers }),
      fetch(`${url}${WEBHOOK_PATH}`, { method: 'PUT', body: '{}', headers }),
    ]);

    expect(await other.json()).toEqual({ got: { a: 1 } });
    expect([longer.status, another.status]).toEqual([404, 404]);
    expect(take).not.toHaveBeenCalled();
  });

  it('says when to come again to whom it could not serve', async () => {
    take.mockResolvedValue({ status: 503, result: 'unavailable' });

    const response = await fetch(`${url}${WEBHOOK_PATH}`, { method: 'POST', body: '{}' });

    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
  });

  it('refuses a body that is too long, also one that does not say how long it is', async () => {
    const before = await countOf('too_large');
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let answered = '';
    socket.on('data', (bytes) => (answered += bytes.toString('latin1'))).on('error', () => undefined);
    socket.write(`POST ${WEBHOOK_PATH} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${TOO_LONG.toString(16)}\r\n`);
    socket.write(Buffer.alloc(TOO_LONG));

    await once(socket, 'close');
    expect(answered).toMatch(/^HTTP\/1\.1 413 [^]*connection: close/i);
    expect(await countOf('too_large')).toBe(before + 1);
    expect(take).not.toHaveBeenCalled();
  });

  it('takes nothing of a body that broke off', async () => {
    const before = await countOf('malformed');
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(`POST ${WEBHOOK_PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"half":`, () => socket.destroy());

    await eventually(async () => expect(await countOf('malformed')).toBe(before + 1));
    expect(take).not.toHaveBeenCalled();
  });

  it('answers who was on the way when the process is to end, and ends their connection', async () => {
    let taken = (_: WebhookAnswer): void => undefined;
    take.mockReturnValue(new Promise((resolve) => (taken = resolve)));
    const response = fetch(`${url}${WEBHOOK_PATH}`, { method: 'POST', body: '{}' });
    await eventually(() => expect(take).toHaveBeenCalled());

    const closed = http.close();
    await eventually(() => expect(http.server.listening).toBe(false));
    taken({ status: 200, result: 'accepted' });

    expect([(await response).status, (await response).headers.get('connection')]).toEqual([200, 'close']);
    await closed;
  });
});
