import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  CloudApiClient,
  isCloudApiError,
  templateMessage,
  textMessage,
  TokenKeeper,
  type CloudApiError,
  type TokenStore,
} from '@daybreak/cloud-api';
import { isAppError } from '@daybreak/kernel';
import { A_PNG, APP_ID, APP_SECRET, NUMBER, PERSON, TestSimulator, TOKEN, WABA, type Answer } from './simulator.js';

const DAY_MS = 86_400_000;
const EXPIRING = 'a-token-that-expires-in-five-days';
const NEXT = 'the-next-token';
const TOKENS = [
  { token: TOKEN, appId: APP_ID },
  { token: NEXT, appId: APP_ID },
  { token: EXPIRING, appId: APP_ID, expiresAfterMs: 5 * DAY_MS },
];

/** Stands between the driver and the simulator, and spoils request bodies when told to. */
class Proxy {
  spoil: (body: Buffer) => Buffer = (body) => body;
  private readonly server: Server;

  constructor(target: string) {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const headers = Object.fromEntries(
          ['authorization', 'content-type'].flatMap((name) =>
            request.headers[name] === undefined ? [] : [[name, String(request.headers[name])]],
          ),
        );
        const body = request.method === 'GET' ? null : new Uint8Array(this.spoil(Buffer.concat(chunks)));
        void fetch(target + request.url, { method: request.method ?? 'GET', headers, body }).then(async (answer) => {
          response.setHeaders(new Headers([...answer.headers].filter(([name]) => name === 'content-type' || name === 'retry-after')));
          response.writeHead(answer.status);
          response.end(Buffer.from(await answer.arrayBuffer()));
        });
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

describe('the driver, at the simulator', () => {
  let simulator: TestSimulator;
  let proxy: Proxy;
  let baseUrl: string;
  let clients: CloudApiClient[];

  beforeEach(async () => {
    simulator = await TestSimulator.start({ tokens: TOKENS, limits: { pair: false } });
    proxy = new Proxy(simulator.url);
    baseUrl = await proxy.listen();
    clients = [];
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.close()));
    proxy.close();
    await simulator.stop();
  });

  const clientWith = (tokens: readonly string[] | (() => readonly string[]), version = 'v24.0'): CloudApiClient => {
    const client = new CloudApiClient({
      baseUrl,
      version,
      tokens: typeof tokens === 'function' ? tokens : () => tokens,
      appId: APP_ID,
      appSecret: APP_SECRET,
      connections: 2,
      clock: simulator.clock,
    });
    clients.push(client);
    return client;
  };
  const hello = (over: Record<string, unknown> = {}): never =>
    ({ ...templateMessage({ to: PERSON, template: 'hello', language: 'en' }), ...over }) as never;
  /** What the driver makes of a send that is refused. */
  const refusedSend = async (client: CloudApiClient, message: never, number = NUMBER): Promise<CloudApiError> => {
    const outcome = await client.sendMessage(number, message);
    if (outcome.kind !== 'rejected') throw new Error(`it was ${outcome.kind}`);
    return outcome.error;
  };
  const refusedCall = async (call: Promise<unknown>): Promise<CloudApiError> => {
    const error: unknown = await call.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!isCloudApiError(error)) throw new Error('no error of the Cloud API');
    return error;
  };
  const aDraft = {
    name: 'nudge',
    language: 'en',
    category: 'UTILITY' as const,
    components: [{ type: 'BODY', text: 'Your pack of today is ready for you.' }],
  };
  const longText = () => textMessage({ to: PERSON, body: 'x' }) as never as Record<string, unknown>;

  it.each<[string, number, number, string, (client: typeof clientWith) => Promise<CloudApiError>]>([
    ['a wrong type', 400, 100, 'drop', (make) => refusedSend(make([TOKEN]), hello({ to: 919_812_345_678 }))],
    ['a wrong kind of message', 400, 100, 'drop', (make) => refusedSend(make([TOKEN]), hello({ type: 'telegram' }))],
    ['an address that is none', 400, 131_009, 'drop', (make) => refusedSend(make([TOKEN]), hello({ to: 'advisor-17' }))],
    [
      'over-long text',
      400,
      100,
      'drop',
      (make) => refusedSend(make([TOKEN]), { ...longText(), text: { body: 'a'.repeat(4_097) } } as never),
    ],
    [
      'an over-long reference',
      400,
      100,
      'drop',
      (make) => refusedSend(make([TOKEN]), hello({ biz_opaque_callback_data: 'r'.repeat(513) })),
    ],
    [
      'an unknown template',
      404,
      132_001,
      'pause',
      (make) => refusedSend(make([TOKEN]), hello({ template: { name: 'nobody', language: { code: 'en' } } })),
    ],
    [
      'an unknown media id',
      400,
      100,
      'drop',
      (make) => refusedSend(make([TOKEN]), { ...longText(), type: 'image', image: { id: '123456789012345' } } as never),
    ],
    ['an unknown phone number', 400, 100, 'drop', (make) => refusedSend(make([TOKEN]), hello(), '999999999999999')],
    ['an unknown WABA', 404, 803, 'drop', (make) => refusedCall(make([TOKEN]).listTemplates('999999999999999'))],
    ['an unknown template id', 404, 803, 'drop', (make) => refusedCall(make([TOKEN]).getTemplate(WABA, '999999999999999'))],
    ['an unknown media id, reading', 404, 803, 'drop', (make) => refusedCall(make([TOKEN]).getMedia('999999999999999'))],
    ['an id that is none', 400, 100, 'drop', (make) => refusedCall(make([TOKEN]).getPhoneNumber('my-number'))],
    ['a read receipt for a message nobody wrote', 400, 131_009, 'drop', (make) => refusedCall(make([TOKEN]).markRead(NUMBER, 'wamid.x'))],
    ['a field that does not exist', 400, 100, 'drop', (make) => refusedCall(make([TOKEN]).getPhoneNumber(NUMBER, ['hat_size']))],
    [
      'oversized media',
      400,
      131_053,
      'pause',
      (make) => {
        proxy.spoil = (body) => {
          const end = body.lastIndexOf('\r\n--');
          return Buffer.concat([body.subarray(0, end), Buffer.alloc(5 * 1_024 * 1_024), body.subarray(end)]);
        };
        return refusedCall(make([TOKEN]).uploadMedia(NUMBER, { bytes: A_PNG, mediaType: 'image/png' }));
      },
    ],
    [
      'a template of a wrong type',
      400,
      100,
      'drop',
      (make) => {
        proxy.spoil = () => Buffer.from('{"name":"x","language":"en","category":"UTILITY","components":"all of them"}');
        return refusedCall(make([TOKEN]).createTemplate(WABA, aDraft));
      },
    ],
    [
      'malformed JSON to a management call',
      400,
      100,
      'drop',
      (make) => {
        proxy.spoil = (body) => body.subarray(0, -9);
        return refusedCall(make([TOKEN]).createTemplate(WABA, aDraft));
      },
    ],
    ['a wrong version, reading', 400, 100, 'drop', (make) => refusedCall(make([TOKEN], 'v2.0').listTemplates(WABA))],
    ['a wrong token', 401, 190, 'pause', (make) => refusedSend(make(['nonsense']), hello())],
    ['a wrong token, reading', 401, 190, 'pause', (make) => refusedCall(make(['nonsense']).listTemplates(WABA))],
    ['a wrong version', 400, 100, 'drop', (make) => refusedSend(make([TOKEN], 'v2.0'), hello())],
    [
      'malformed JSON',
      400,
      100,
      'drop',
      (make) => {
        proxy.spoil = (body) => body.subarray(0, -9);
        return refusedSend(make([TOKEN]), hello());
      },
    ],
  ])('turns %s into HTTP %d, code %d and one error that says what may happen next: %s', async (_what, httpStatus, code, kind, refused) => {
    const error = await refused(clientWith);

    expect([error.httpStatus, error.code, error.retry.kind]).toEqual([httpStatus, code, kind]);
    expect(error.fbtraceId).toEqual(expect.any(String));
    // Our own sentence for people first, then Meta's words, then the codes for whoever looks them up; nobody's number in it.
    expect(error.message.startsWith(error.meaning.why)).toBe(true);
    expect(error.message).toContain(`Meta ${code}`);
    expect(error.message).not.toContain(PERSON.slice(1));
  });

  it('tells a storm of 429 by its code, and waits as long as its Retry-After says', async () => {
    await simulator.call('POST', '/_sim/faults', { kind: 'error', code: 130_429, httpStatus: 429, retryAfterS: 9, times: 1 });
    const error = await refusedSend(clientWith([TOKEN]), hello());

    expect([error.httpStatus, error.code, error.retryAfterMs]).toEqual([429, 130_429, 9_000]);
    expect(error.retry).toEqual({ kind: 'pause', scope: 'shard', until: 9_000 });
    expect(error.meaning.provenNotProcessed).toBe(true);
  });

  it.each<[string, string, Uint8Array, string]>([
    ['oversized media', 'image/png', Buffer.concat([A_PNG, Buffer.alloc(5 * 1_024 * 1_024)]), 'takes image/png up to 5 MB'],
    ['media of an unknown type', 'image/gif', Buffer.from('GIF89a'), 'image/gif'],
  ])('refuses %s before it is uploaded, in words', async (_what, mediaType, bytes, says) => {
    const before = simulator.ledger().length;

    const error: unknown = await clientWith([TOKEN])
      .uploadMedia(NUMBER, { bytes, mediaType })
      .catch((reason: unknown) => reason);

    expect(isAppError(error) && error.retry.kind).toBe('drop');
    expect(String(error)).toContain(says);
    expect(simulator.ledger()).toHaveLength(before);
  });

  it('goes over to the second token when the first is revoked, without a second message', async () => {
    const client = clientWith([TOKEN, NEXT]);
    await simulator.call('POST', '/_sim/actions', { do: 'revoke-token', token: TOKEN });
    const before = simulator.ledger().filter((line) => line.kind === 'request' && line['accepted'] === true).length;

    expect((await client.sendMessage(NUMBER, hello())).kind).toBe('accepted');
    expect((await client.listPhoneNumbers(WABA)).length).toBeGreaterThan(0);

    expect(simulator.ledger().filter((line) => line.kind === 'request' && line['accepted'] === true)).toHaveLength(before + 1);
  });

  it('renews a token before it expires, and sends with it after the old one’s end', async () => {
    const tokens = [EXPIRING];
    const store: TokenStore = {
      tokens: () => tokens,
      renewed: (_old, token) => Promise.resolve(void tokens.splice(0, 1, token)),
      refused: () => Promise.resolve(),
    };
    const client = clientWith(() => tokens);
    const sut = new TokenKeeper(client, store, simulator.clock);

    expect(await sut.check()).toMatchObject([{ state: 'renewed', missingScopes: [], wabaIds: [WABA] }]);
    await simulator.pass(6 * DAY_MS);

    expect(tokens).not.toContain(EXPIRING);
    expect(await sut.check()).toMatchObject([{ state: 'valid' }]);
    expect((await client.sendMessage(NUMBER, hello())).kind).toBe('accepted');
    expect(await new TokenKeeper(client, { ...store, tokens: () => [EXPIRING] }, simulator.clock).check()).toMatchObject([
      { state: 'invalid' },
    ]);
  });
});

describe('a person addressed by what the portfolio calls them', () => {
  let simulator: TestSimulator;
  let userId: string;

  beforeEach(async () => {
    const code = {
      wabaId: WABA,
      name: 'code',
      language: 'en',
      category: 'AUTHENTICATION',
      components: [{ type: 'BODY', text: 'Your code is ready.' }],
    };
    const hello = { ...code, name: 'hello', category: 'MARKETING', components: [{ type: 'BODY', text: 'Good morning.' }] };
    simulator = await TestSimulator.start({ templates: [code, hello] });
    userId = String((((await simulator.send()).body['contacts'] as Record<string, unknown>[])[0] ?? {})['user_id']);
  });
  afterEach(() => simulator.stop());
  const send = (over: Record<string, unknown>): Promise<Answer> => simulator.send({ to: undefined, recipient: userId, ...over });

  it('gets the message, and the answer does not tell their number', async () => {
    const answer = await send({});

    expect(answer.body['contacts']).toEqual([{ input: userId, user_id: userId }]);
    expect(simulator.ledger().at(-1)).toMatchObject({ accepted: true, to: PERSON });
  });

  it('is reached by the phone number where both are given', async () => {
    expect((await send({ to: '+919812345679' })).body['contacts']).toMatchObject([{ wa_id: '919812345679' }]);
  });

  it.each([
    ['an authentication template', { template: { name: 'code', language: { code: 'en' } } }, 131_062],
    ['an id that this portfolio gave nobody', { recipient: 'IN.11111111111111111111' }, 131_009],
  ])('cannot be sent %s', async (_what, over, code) => {
    expect((await send(over)).body.error).toMatchObject({ code });
  });
});
