import { afterEach, describe, expect, it } from '@jest/globals';
import { accepted, graphError, inTurn, json, localMeta, localSocket, type Answer, type LocalMeta } from '../../test/local-meta.js';
import { KNOWN_CODES } from '../errors/error-codes.js';
import { templateMessage } from '../messages/message-builders.js';
import type { CloudApiClientOptions } from './client-options.js';
import { CloudApiClient } from './cloud-api-client.js';

const NUMBER = '106540352242922';
const message = templateMessage({
  to: '+919812345678',
  template: 'daily_pack_v1',
  language: 'hi',
  biz_opaque_callback_data: 'd.main.x.1.7',
});

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((thing) => thing.close()));
});

function clientFor(baseUrl: string, over: Partial<CloudApiClientOptions> = {}): CloudApiClient {
  const sut = new CloudApiClient({ baseUrl, version: 'v24.0', tokens: () => ['token-a'], sendTimeoutMs: 2_000, ...over });
  open.push(sut);
  return sut;
}

async function setup(answer: Answer, over: Partial<CloudApiClientOptions> = {}): Promise<{ sut: CloudApiClient; meta: LocalMeta }> {
  const meta = await localMeta(answer);
  const sut = clientFor(meta.baseUrl, over);
  open.push(meta);
  return { sut, meta };
}

describe('what was accepted', () => {
  it('posts the message once, with token and version, and takes the wamid', async () => {
    const { sut, meta } = await setup(accepted('wamid.X'));

    const outcome = await sut.sendMessage(NUMBER, message);

    expect(outcome).toMatchObject({ kind: 'accepted', wamid: 'wamid.X', held: false, messageStatus: null, waId: '919812345678' });
    expect(meta.seen).toHaveLength(1);
    expect(meta.seen[0]).toMatchObject({ method: 'POST', path: `/v24.0/${NUMBER}/messages` });
    expect(meta.seen[0]?.headers.authorization).toBe('Bearer token-a');
    expect(JSON.parse(String(meta.seen[0]?.body))).toEqual(message);
  });

  it.each([
    ['held_for_quality_assessment', true],
    ['paused', true],
    ['accepted', false],
    ['a_word_of_tomorrow', false],
  ])('message_status %s: held = %s', async (messageStatus, held) => {
    const { sut } = await setup(accepted('wamid.X', { message_status: messageStatus }));

    expect(await sut.sendMessage(NUMBER, message)).toMatchObject({ kind: 'accepted', held, messageStatus });
  });

  it('needs no contact: people who hide behind a user name have no wa_id', async () => {
    const { sut } = await setup(json(200, { messages: [{ id: 'wamid.X' }], contacts: [{ input: 'IN.1', user_id: 'IN.1' }] }));

    expect(await sut.sendMessage(NUMBER, message)).toMatchObject({ kind: 'accepted', waId: null, userId: 'IN.1' });
  });
});

describe('what may or may not have been accepted is never sent again', () => {
  it.each<[string, Answer, string]>([
    ['200 without a message id', json(200, { messages: [] }), 'no-message-id'],
    ['200 with messages of another type', json(200, { messages: 'later' }), 'no-message-id'],
    ['200 that is not JSON', (_seen, response) => response.end('<html>'), 'unreadable-answer'],
    ['200 that is null', json(200, null), 'no-message-id'],
    ['a redirect', (_seen, response) => response.writeHead(302, { location: '/elsewhere' }).end(), 'unreadable-answer'],
    ['500 with a page', (_seen, response) => response.writeHead(500).end('<html>Sorry</html>'), 'server-error'],
    ['502 with a word', (_seen, response) => response.writeHead(502).end('Bad Gateway'), 'server-error'],
    ['504 whose error is a text', json(504, { error: 'proxy timeout' }), 'server-error'],
    ['500 with a code nobody knows', graphError(999_999, 500), 'server-error'],
    ['a connection reset after the request was read', (_seen, _response, request) => request.socket.resetAndDestroy(), 'connection-lost'],
    ['a connection closed after the request was read', (_seen, _response, request) => request.socket.destroy(), 'connection-lost'],
    [
      'a connection closed in the middle of the answer',
      (_seen, response, request) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"messages":');
        setTimeout(() => request.socket.destroy(), 20);
      },
      'connection-lost',
    ],
  ])('%s', async (_case, answer, reason) => {
    const { sut, meta } = await setup(answer);

    const outcome = await sut.sendMessage(NUMBER, message);

    expect(outcome).toMatchObject({ kind: 'ambiguous', reason });
    expect(meta.seen).toHaveLength(1);
  });

  it('silence, after the time limit', async () => {
    const { sut, meta } = await setup(() => undefined, { sendTimeoutMs: 150 });

    expect(await sut.sendMessage(NUMBER, message)).toEqual({ kind: 'ambiguous', reason: 'timeout' });
    expect(meta.seen).toHaveLength(1);
  });

  it('an answer that begins and does not end', async () => {
    const { sut } = await setup((_seen, response) => response.writeHead(200).write('{"messages":'), { sendTimeoutMs: 150 });

    expect(await sut.sendMessage(NUMBER, message)).toEqual({ kind: 'ambiguous', reason: 'timeout', httpStatus: 200 });
  });

  it('a connection that is reset although nobody read the request: the bytes were on their way', async () => {
    const socket = await localSocket((s) => {
      s.pause();
      setTimeout(() => s.resetAndDestroy(), 100);
    });
    open.push(socket);

    const outcome = await clientFor(`http://127.0.0.1:${socket.port}`).sendMessage(NUMBER, message);

    expect(outcome).toEqual({ kind: 'ambiguous', reason: 'connection-lost' });
    expect(socket.connections()).toBe(1);
  });

  it('a kept connection that Meta closes while the next request is on its way', async () => {
    const body = '{"messages":[{"id":"wamid.X"}]}';
    let requests = 0;
    const socket = await localSocket((s) =>
      s.on('data', () => {
        requests += 1;
        if (requests === 1) s.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
        else s.resetAndDestroy();
      }),
    );
    open.push(socket);
    const sut = clientFor(`http://127.0.0.1:${socket.port}`, { connections: 1 });

    const first = await sut.sendMessage(NUMBER, message);
    const second = await sut.sendMessage(NUMBER, message);

    expect(first).toMatchObject({ kind: 'accepted' });
    expect(second).toMatchObject({ kind: 'ambiguous', reason: 'connection-lost' });
    expect([requests, socket.connections()]).toEqual([2, 1]);
  });
});

describe('what never left', () => {
  it('a port where nobody listens', async () => {
    const meta = await localMeta(accepted());
    await meta.close();

    expect(await clientFor(meta.baseUrl).sendMessage(NUMBER, message)).toEqual({ kind: 'not-sent', reason: 'refused' });
  });

  it('a name that does not resolve', async () => {
    expect(await clientFor('http://no-such-host.invalid').sendMessage(NUMBER, message)).toEqual({ kind: 'not-sent', reason: 'dns' });
  });

  it('a peer that hangs up in the TLS handshake', async () => {
    const socket = await localSocket((s) => s.on('data', () => s.resetAndDestroy()));
    open.push(socket);

    expect(await clientFor(`https://127.0.0.1:${socket.port}`).sendMessage(NUMBER, message)).toEqual({
      kind: 'not-sent',
      reason: 'hung-up',
    });
  });

  it('a peer that does not speak TLS', async () => {
    const { meta } = await setup(accepted());

    expect(await clientFor(meta.baseUrl.replace('http:', 'https:')).sendMessage(NUMBER, message)).toEqual({
      kind: 'not-sent',
      reason: 'tls',
    });
    expect(meta.seen).toHaveLength(0);
  });

  it('a peer that never answers the TLS handshake', async () => {
    const socket = await localSocket(() => undefined);
    open.push(socket);
    const sut = clientFor(`https://127.0.0.1:${socket.port}`, { connectTimeoutMs: 100, sendTimeoutMs: 5_000 });

    expect(await sut.sendMessage(NUMBER, message)).toEqual({ kind: 'not-sent', reason: 'connect-timeout' });
  });

  it('a request that waited for a free connection until its time was up is not sent afterwards either', async () => {
    const { sut, meta } = await setup((_seen, response) => setTimeout(() => accepted()(_seen, response, response.req), 400), {
      connections: 1,
      sendTimeoutMs: 300,
    });

    const outcomes = await Promise.all([sut.sendMessage(NUMBER, message), sut.sendMessage(NUMBER, message)]);
    await new Promise((resolve) => setTimeout(resolve, 300));

    expect(outcomes).toEqual([
      { kind: 'ambiguous', reason: 'timeout' },
      { kind: 'not-sent', reason: 'no-connection-in-time' },
    ]);
    expect(meta.seen).toHaveLength(1);
  });

  it('a request that was withdrawn while it waited for a connection', async () => {
    const { sut, meta } = await setup(accepted('wamid.X'));

    const outcome = await sut.sendMessage(NUMBER, message, () => false);

    expect(outcome).toEqual({ kind: 'not-sent', reason: 'withdrawn' });
    expect(meta.seen).toEqual([]);
  });

  it('a client that was closed', async () => {
    const { sut } = await setup(accepted());
    await sut.close();

    expect(await sut.sendMessage(NUMBER, message)).toEqual({ kind: 'not-sent', reason: 'client-closed' });
  });
});

describe('what Meta refused, by code and not by HTTP status', () => {
  const NOBODY_KNOWS = new Set([1, 2, 131000, 131016, 131057, 133004, 2494100]);

  it.each(KNOWN_CODES.flatMap((code) => [400, 500].map((status) => [code, status] as const)))('%d with HTTP %d', async (code, status) => {
    const { sut, meta } = await setup(graphError(code, status));

    const outcome = await sut.sendMessage(NUMBER, message);

    expect(outcome).toMatchObject(
      NOBODY_KNOWS.has(code)
        ? { kind: 'ambiguous', reason: 'platform-unsure', httpStatus: status, error: { code } }
        : { kind: 'rejected', httpStatus: status, error: { code } },
    );
    expect(meta.seen).toHaveLength(1);
  });

  it('an unknown 4xx is permanent for the message', async () => {
    const { sut } = await setup(graphError(999_999, 404));

    expect(await sut.sendMessage(NUMBER, message)).toMatchObject({
      kind: 'rejected',
      error: { retry: { kind: 'drop' }, meaning: { provenNotProcessed: false } },
    });
  });

  it('429 without a word of Meta’s was not processed', async () => {
    const { sut } = await setup((_seen, response) => response.writeHead(429, { 'retry-after': '7' }).end('slow down'));

    expect(await sut.sendMessage(NUMBER, message)).toMatchObject({
      kind: 'rejected',
      error: { code: null, meaning: { provenNotProcessed: true }, retry: { kind: 'pause', scope: 'shard', until: 7_000 } },
    });
  });

  it('honours a longer wait that the headers ask for', async () => {
    const usage = JSON.stringify({
      '1029': [{ type: 'messaging', call_count: 100, total_time: 40, total_cputime: 3, estimated_time_to_regain_access: 4 }],
    });
    const { sut } = await setup(
      json(400, { error: { message: 'x', code: 80007 } }, { 'x-business-use-case-usage': usage, 'x-app-usage': '{"call_count":28}' }),
    );

    expect(await sut.sendMessage(NUMBER, message)).toMatchObject({
      kind: 'rejected',
      error: { retry: { kind: 'pause', scope: 'account', until: 240_000 } },
      usage: { app: { callCount: 28 }, businessUseCases: [{ accountId: '1029', callCount: 100, regainAccessInMs: 240_000 }] },
    });
  });

  it('says nothing of numbers, wamids and tokens that Meta quotes', async () => {
    const details = 'Recipient +91 98123-45678 of wamid.HBgLMTY1 with EAAGm0PX4ZCpsBAJ is not allowed (#131030)';
    const { sut } = await setup(graphError(131030, 400, { error_data: { details } }));

    const outcome = await sut.sendMessage(NUMBER, message);

    expect(outcome.kind === 'rejected' && outcome.error.message).toMatch(
      /Meta says: Recipient \[number\] of \[wamid\] with \[token\] is not allowed \(#131030\) \(Meta 131030, HTTP 400\)$/,
    );
  });
});

describe('tokens', () => {
  const byToken =
    (good: string): Answer =>
    (seen, response, request) =>
      (seen.headers.authorization === `Bearer ${good}` ? accepted() : graphError(190, 401))(seen, response, request);

  it('uses the next token when Meta refuses one, and stays with it', async () => {
    const { sut, meta } = await setup(byToken('token-b'), { tokens: () => ['token-a', 'token-b'] });

    expect(await sut.sendMessage(NUMBER, message)).toMatchObject({ kind: 'accepted' });
    expect(await sut.sendMessage(NUMBER, message)).toMatchObject({ kind: 'accepted' });
    expect(meta.seen.map((seen) => seen.headers.authorization)).toEqual(['Bearer token-a', 'Bearer token-b', 'Bearer token-b']);
  });

  it('says so, for the page, when Meta refuses them all', async () => {
    const { sut, meta } = await setup(byToken('token-c'), { tokens: () => ['token-a', 'token-b'] });

    expect(await sut.sendMessage(NUMBER, message)).toMatchObject({
      kind: 'rejected',
      error: { code: 190, retry: { kind: 'pause', scope: 'account', until: 'operator' }, meaning: { alert: 'page' } },
    });
    expect(meta.seen).toHaveLength(2);
  });

  it('takes up a new first token without a restart', async () => {
    let tokens = ['token-a'];
    const { sut } = await setup(byToken('token-new'), { tokens: () => tokens });
    await sut.sendMessage(NUMBER, message);

    tokens = ['token-new', 'token-a'];

    expect(await sut.sendMessage(NUMBER, message)).toMatchObject({ kind: 'accepted' });
  });

  it('binds the token to the app when there is a secret', async () => {
    const { sut, meta } = await setup(accepted(), { appSecret: 'shhhh' });

    await sut.sendMessage(NUMBER, message);

    // printf token-a | openssl dgst -sha256 -hmac shhhh
    expect(meta.seen[0]?.query.get('appsecret_proof')).toBe('016284d6a0827feed8a22bd6f9a9a3164225ccdd0586ee6eb591d9b0f482ff72');
  });
});

it('opens connections ahead of time, at most as many as it may have', async () => {
  const sockets = new Set<unknown>();
  const { sut } = await setup(
    (seen, response, request) => {
      sockets.add(request.socket);
      setTimeout(() => inTurn(json(400, {}))(seen, response, request), 20);
    },
    { connections: 4 },
  );

  expect(await sut.warm(100)).toBe(4);
  expect(sockets.size).toBe(4);

  await Promise.all(Array.from({ length: 4 }, () => sut.sendMessage(NUMBER, message)));

  expect(sockets.size).toBe(4);
});
