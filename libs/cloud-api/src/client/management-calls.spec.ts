import { afterEach, describe, expect, it } from '@jest/globals';
import { isAppError, manualClock } from '@daybreak/kernel';
import { graphError, inTurn, json, localMeta, type Answer, type LocalMeta } from '../../test/local-meta.js';
import { isCloudApiError } from '../errors/cloud-api.error.js';
import { LocalManagementBudget } from '../limits/management-budget.js';
import type { CloudApiClientOptions } from './client-options.js';
import { CloudApiClient } from './cloud-api-client.js';

const WABA = '102290129340398';
const NUMBER = '106540352242922';
const clock = manualClock(1_750_000_000_000);
const done: Answer = json(200, { success: true });
const jpeg = Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((thing) => thing.close()));
});

async function setup(answer: Answer, over: Partial<CloudApiClientOptions> = {}): Promise<{ sut: CloudApiClient; meta: LocalMeta }> {
  const meta = await localMeta(answer);
  const sut = new CloudApiClient({
    baseUrl: meta.baseUrl,
    version: 'v24.0',
    tokens: () => ['token-a'],
    appId: '77',
    appSecret: 'shhhh',
    clock,
    ...over,
  });
  open.push(sut, meta);
  return { sut, meta };
}

const bodyOf = (meta: LocalMeta, i = 0): unknown => JSON.parse(String(meta.seen[i]?.body));

describe('listings', () => {
  const page = (ids: readonly string[], next?: string): Answer =>
    json(200, { data: ids.map((id) => ({ id })), paging: { cursors: { after: 'always-there' }, ...(next === undefined ? {} : { next }) } });

  it('follow the next link to the end, without the token in it, and not the cursors', async () => {
    const next = 'https://graph.facebook.com/v24.0/1/message_templates?access_token=leaked&limit=2&fields=id&after=QVFI';
    const { sut, meta } = await setup(inTurn(page(['1', '2'], next), page(['3'])));

    const templates = await sut.listTemplates(WABA, { limit: 2, fields: ['id'] });

    expect(templates.map((t) => t.id)).toEqual(['1', '2', '3']);
    expect(meta.seen).toHaveLength(2);
    expect(meta.seen[1]?.path).toBe(`/v24.0/${WABA}/message_templates`);
    expect([...(meta.seen[1]?.query.keys() ?? [])].sort()).toEqual(['after', 'appsecret_proof', 'fields', 'limit']);
  });

  it('begin again when Meta drops the cursor, and count nothing twice', async () => {
    const { sut, meta } = await setup(
      inTurn(page(['1'], 'https://x/?after=a'), graphError(131059), page(['1'], 'https://x/?after=b'), page(['2'])),
    );

    expect((await sut.listTemplates(WABA)).map((t) => t.id)).toEqual(['1', '2']);
    expect(meta.seen).toHaveLength(4);
  });

  it('are an error, never a part, when the cursor keeps breaking', async () => {
    const { sut, meta } = await setup((seen, response, request) =>
      (seen.query.has('after') ? graphError(131059) : page(['1'], 'https://x/?after=a'))(seen, response, request),
    );

    await expect(sut.listTemplates(WABA)).rejects.toMatchObject({ code: 131059, retry: { kind: 'backoff' } });
    expect(meta.seen).toHaveLength(6);
  });

  it('end with an error when a page points to itself', async () => {
    const { sut, meta } = await setup(page(['1'], 'https://x/?after=a'));

    await expect(sut.listTemplates(WABA)).rejects.toMatchObject({ retry: { kind: 'backoff' } });
    expect(meta.seen).toHaveLength(2);
  });

  it('keep ids that are numbers above 2^53', async () => {
    const { sut } = await setup((_seen, response) => response.end('{"data":[{"id":12200000000000000123}]}'));

    expect(await sut.listTemplates(WABA)).toEqual([{ id: '12200000000000000123' }]);
  });

  it('survive a page without data', async () => {
    const { sut } = await setup(json(200, {}));

    expect(await sut.listPhoneNumbers(WABA)).toEqual([]);
  });
});

describe('media', () => {
  it('goes up as a multipart form with its type', async () => {
    const { sut, meta } = await setup(json(200, { id: 'm1' }));

    expect(await sut.uploadMedia(NUMBER, { bytes: jpeg, mediaType: 'image/jpeg', filename: 'post.jpg' })).toBe('m1');

    const form = await new Response(new Uint8Array(meta.seen[0]?.body ?? []), {
      headers: { 'content-type': String(meta.seen[0]?.headers['content-type']) },
    }).formData();
    expect(form.get('messaging_product')).toBe('whatsapp');
    expect(form.get('type')).toBe('image/jpeg');
    const file = form.get('file') as File;
    expect([file.name, file.type, [...new Uint8Array(await file.arrayBuffer())]]).toEqual(['post.jpg', 'image/jpeg', [...jpeg]]);
  });

  it.each<[string, Uint8Array, string, RegExp]>([
    [
      'too large',
      new Uint8Array(5 * 1024 * 1024 + 1).fill(0xff),
      'image/jpeg',
      /has 5242881 bytes; the Cloud API takes image\/jpeg up to 5 MB/,
    ],
    ['of a type Meta does not take', jpeg, 'image/gif', /image\/gif is not a type/],
    ['that is something else than it says', jpeg, 'image/png', /the content is not image\/png/],
    ['that is empty', new Uint8Array(), 'image/jpeg', /empty/],
  ])('does not leave when it is a file %s', async (_case, bytes, mediaType, reason) => {
    const { sut, meta } = await setup(json(200, { id: 'm1' }));

    await expect(sut.uploadMedia(NUMBER, { bytes, mediaType })).rejects.toMatchObject({
      message: expect.stringMatching(reason),
      retry: { kind: 'drop' },
    });
    expect(meta.seen).toHaveLength(0);
  });

  it('is fetched and deleted with the number it belongs to', async () => {
    const { sut, meta } = await setup(inTurn(json(200, { id: 'm1', url: 'https://cdn/x', file_size: '17' }), done));

    expect(await sut.getMedia('m1', NUMBER)).toMatchObject({ url: 'https://cdn/x' });
    await sut.deleteMedia('m1', NUMBER);

    expect(meta.seen.map((seen) => [seen.method, seen.path, seen.query.get('phone_number_id')])).toEqual([
      ['GET', '/v24.0/m1', NUMBER],
      ['DELETE', '/v24.0/m1', NUMBER],
    ]);
  });
});

describe('resumable upload', () => {
  it('is taken up where Meta says it broke', async () => {
    const { sut, meta } = await setup(
      inTurn(
        json(200, { id: 'upload:MTphd?sig=ARZ' }),
        (_seen, _response, request) => request.socket.destroy(),
        json(200, { id: 'upload:MTphd', file_offset: 3 }),
        json(200, { h: '4::aW' }),
      ),
    );

    expect(await sut.uploadHeaderSample({ bytes: jpeg, mediaType: 'image/jpeg', filename: 'sample.jpg' })).toBe('4::aW');

    expect(meta.seen.map((seen) => [seen.method, seen.path])).toEqual([
      ['POST', '/v24.0/77/uploads'],
      ['POST', '/v24.0/upload:MTphd'],
      ['GET', '/v24.0/upload:MTphd'],
      ['POST', '/v24.0/upload:MTphd'],
    ]);
    expect(meta.seen[0]?.query.get('file_length')).toBe('7');
    expect(meta.seen[3]?.headers).toMatchObject({ authorization: 'OAuth token-a', file_offset: '3' });
    expect(meta.seen[3]?.query.get('sig')).toBe('ARZ');
    expect([...(meta.seen[3]?.body ?? [])]).toEqual([...jpeg.subarray(3)]);
  });

  it('gives up in the end, and says to try later', async () => {
    const { sut } = await setup((seen, response, request) => {
      if (seen.path.endsWith('/uploads')) json(200, { id: 'upload:X' })(seen, response, request);
      else if (seen.method === 'GET') json(200, { file_offset: 0 })(seen, response, request);
      else request.socket.destroy();
    });

    await expect(sut.uploadHeaderSample({ bytes: jpeg, mediaType: 'image/jpeg', filename: 's.jpg' })).rejects.toMatchObject({
      retry: { kind: 'backoff' },
    });
  });

  it('refuses what reviewers cannot be shown', async () => {
    const { sut, meta } = await setup(done);

    await expect(sut.uploadHeaderSample({ bytes: jpeg, mediaType: 'image/webp', filename: 's.webp' })).rejects.toThrow(
      /cannot be a header sample/,
    );
    expect(meta.seen).toHaveLength(0);
  });
});

describe('templates', () => {
  const draft = {
    name: 'daily_pack_v2',
    language: 'hi',
    category: 'UTILITY' as const,
    components: [{ type: 'BODY', text: 'आज का पैक तैयार है।' }],
  };

  it('are submitted as drafted', async () => {
    const { sut, meta } = await setup(json(200, { id: '9', status: 'PENDING', category: 'MARKETING' }));

    expect(await sut.createTemplate(WABA, draft)).toEqual({ id: '9', status: 'PENDING', category: 'MARKETING' });
    expect(bodyOf(meta)).toEqual(draft);
  });

  it('do not leave when Meta would refuse them on sight', async () => {
    const { sut, meta } = await setup(done);

    await expect(
      sut.createTemplate(WABA, { ...draft, name: 'Daily Pack', components: [{ type: 'BODY', text: `{{1}}${'x'.repeat(1_025)}` }] }),
    ).rejects.toMatchObject({
      violations: [
        { field: 'name' },
        { field: 'components.body.text' },
        { field: 'components.body.text', reason: 'has a variable but no example for it' },
      ],
    });
    expect(meta.seen).toHaveLength(0);
  });

  it('are edited, unpaused, read and deleted by their ids', async () => {
    const { sut, meta } = await setup((seen, response, request) =>
      (seen.method === 'GET' ? json(200, { id: '9' }) : done)(seen, response, request),
    );

    await sut.editTemplate(WABA, '9', { components: draft.components });
    await sut.unpauseTemplate(WABA, '9');
    await sut.getTemplate(WABA, '9');
    await sut.deleteTemplate(WABA, 'daily_pack_v1', '8');

    expect(meta.seen.map((seen) => `${seen.method} ${seen.path}`)).toEqual([
      'POST /v24.0/9',
      'POST /v24.0/9/unpause',
      'GET /v24.0/9',
      `DELETE /v24.0/${WABA}/message_templates`,
    ]);
    expect(meta.seen[3]?.query.get('hsm_id')).toBe('8');
  });
});

describe('numbers, accounts and subscriptions', () => {
  it('ask and say what Meta wants to be asked and told', async () => {
    const { sut, meta } = await setup((seen, response, request) =>
      (seen.method === 'GET' ? json(200, { id: '1', data: [], health_status: { can_send_message: 'AVAILABLE' } }) : done)(
        seen,
        response,
        request,
      ),
    );

    await sut.getPhoneNumber(NUMBER, ['id', 'status']);
    await sut.updatePhoneNumber(NUMBER, { new_display_name: 'Daybreak' });
    await sut.registerPhoneNumber(NUMBER, '123456', 'IN');
    await sut.deregisterPhoneNumber(NUMBER);
    await sut.getMessageHistory(NUMBER, 'wamid.A');
    await sut.updateBusinessProfile(NUMBER, { about: 'Markets at six' });
    await sut.markRead(NUMBER, 'wamid.A', true);
    expect(await sut.getHealth(WABA)).toEqual({ can_send_message: 'AVAILABLE' });
    await sut.getWaba(WABA);
    await sut.getSubscribedApps(WABA);
    await sut.subscribe(WABA);
    await sut.subscribe(WABA, { callbackUrl: 'https://hooks.example.in/wa', verifyToken: 'v' });
    await sut.unsubscribe(WABA);

    expect(meta.seen.map((seen) => `${seen.method} ${seen.path} ${String(seen.body)}`)).toEqual([
      `GET /v24.0/${NUMBER} `,
      `POST /v24.0/${NUMBER} {"new_display_name":"Daybreak"}`,
      `POST /v24.0/${NUMBER}/register {"messaging_product":"whatsapp","pin":"123456","data_localization_region":"IN"}`,
      `POST /v24.0/${NUMBER}/deregister `,
      `GET /v24.0/${NUMBER}/message_history `,
      `POST /v24.0/${NUMBER}/whatsapp_business_profile {"about":"Markets at six","messaging_product":"whatsapp"}`,
      `POST /v24.0/${NUMBER}/messages {"messaging_product":"whatsapp","status":"read","message_id":"wamid.A","typing_indicator":{"type":"text"}}`,
      `GET /v24.0/${WABA} `,
      `GET /v24.0/${WABA} `,
      `GET /v24.0/${WABA}/subscribed_apps `,
      `POST /v24.0/${WABA}/subscribed_apps {}`,
      `POST /v24.0/${WABA}/subscribed_apps {"override_callback_uri":"https://hooks.example.in/wa","verify_token":"v"}`,
      `DELETE /v24.0/${WABA}/subscribed_apps `,
    ]);
  });

  it.each([
    ['in a wrapper', { data: [{ business_profile: { about: 'Markets at six' } }] }],
    ['bare', { data: [{ about: 'Markets at six' }] }],
  ])('read a business profile that comes %s', async (_case, answer) => {
    const { sut } = await setup(json(200, answer));

    expect(await sut.getBusinessProfile(NUMBER)).toEqual({ about: 'Markets at six' });
  });

  it('manage the app’s callback as the app', async () => {
    const { sut, meta } = await setup((seen, response, request) =>
      (seen.method === 'GET' ? json(200, { data: [{ object: 'whatsapp_business_account' }] }) : done)(seen, response, request),
    );

    await sut.getAppSubscriptions();
    await sut.setAppSubscription({
      callbackUrl: 'https://hooks.example.in/wa',
      verifyToken: 'v',
      fields: ['messages', 'user_preferences'],
    });
    await sut.deleteAppSubscription();

    expect(meta.seen.map((seen) => [seen.method, seen.path, seen.headers.authorization])).toEqual(
      ['GET', 'POST', 'DELETE'].map((method) => [method, '/v24.0/77/subscriptions', 'Bearer 77|shhhh']),
    );
    expect(bodyOf(meta, 1)).toMatchObject({
      object: 'whatsapp_business_account',
      fields: '["messages","user_preferences"]',
      include_values: true,
    });
  });

  it('escapes ids: they come from outside', async () => {
    const { sut, meta } = await setup(json(200, { id: 'x' }));

    await sut.getTemplate(WABA, '../../me?x=');

    expect(meta.seen[0]?.path).toBe('/v24.0/..%2F..%2Fme%3Fx%3D');
  });
});

describe('tokens', () => {
  it('are looked at as the app, and exchanged with the app secret', async () => {
    const { sut, meta } = await setup(
      inTurn(json(200, { data: { is_valid: true, expires_at: 0 } }), json(200, { access_token: 'new', expires_in: 5_184_000 })),
    );

    expect(await sut.debugToken('token-a')).toEqual({ is_valid: true, expires_at: 0 });
    expect(await sut.refreshToken('token-a')).toEqual({ token: 'new', expiresAtMs: clock.nowMs() + 5_184_000_000 });

    expect(meta.seen[0]?.headers.authorization).toBe('Bearer 77|shhhh');
    expect(Object.fromEntries(meta.seen[1]?.query ?? [])).toEqual({
      grant_type: 'fb_exchange_token',
      client_id: '77',
      client_secret: 'shhhh',
      set_token_expires_in_60_days: 'true',
      fb_exchange_token: 'token-a',
    });
  });

  it('asks with the token itself where no app is configured, and says what is missing for the rest', async () => {
    const { sut, meta } = await setup(json(200, { data: { is_valid: true } }), { appId: undefined, appSecret: undefined });

    await sut.debugToken('token-a');

    expect(meta.seen[0]?.headers.authorization).toBe('Bearer token-a');
    await expect(sut.getAppSubscriptions()).rejects.toMatchObject({ retry: { kind: 'drop' } });
    await expect(sut.refreshToken('token-a')).rejects.toMatchObject({ retry: { kind: 'drop' } });
  });

  it('are swapped in management calls as well', async () => {
    const { sut, meta } = await setup(inTurn(graphError(190, 401), json(200, { id: WABA })), { tokens: () => ['token-a', 'token-b'] });

    expect(await sut.getWaba(WABA)).toEqual({ id: WABA });
    expect(meta.seen.map((seen) => seen.headers.authorization)).toEqual(['Bearer token-a', 'Bearer token-b']);
  });
});

describe('what goes wrong', () => {
  it('is one typed error, recognised by its fields, that an operator understands', async () => {
    const { sut } = await setup(graphError(200, 403, { error_subcode: 1349174 }));

    const error: unknown = await sut.getWaba(WABA).catch((e: unknown) => e);

    expect(isCloudApiError(error) && isAppError(error)).toBe(true);
    expect(error).toMatchObject({
      code: 200,
      subcode: 1349174,
      httpStatus: 403,
      fbtraceId: 'trace',
      retry: { kind: 'pause', scope: 'account', until: 'operator' },
    });
    expect((error as Error).message).toMatch(/^The token lacks a permission for this account\..*\(Meta 200, subcode 1349174, HTTP 403\)$/);
  });

  it.each<[string, Answer, { reason: string; left: boolean }]>([
    ['no answer', (_seen, _response, request) => request.socket.destroy(), { reason: 'connection-lost', left: true }],
    ['an answer that is not JSON', (_seen, response) => response.end('<html>'), { reason: 'unreadable-answer', left: true }],
  ])('%s says that it may be tried again', async (_case, answer, expected) => {
    const { sut } = await setup(answer);

    await expect(sut.getWaba(WABA)).rejects.toMatchObject({ ...expected, retry: { kind: 'backoff' } });
  });

  it('a spent budget holds a call back before it is made, and the headers of an answer spend it', async () => {
    const usage = JSON.stringify({ [WABA]: [{ type: 'whatsapp', call_count: 100, estimated_time_to_regain_access: 2 }] });
    const budget = new LocalManagementBudget(clock, 100);
    const { sut, meta } = await setup(json(200, { id: WABA }, { 'x-business-use-case-usage': usage }), { budget });
    await sut.getWaba(WABA);

    await expect(sut.getWaba(WABA)).rejects.toMatchObject({ retry: { kind: 'defer', delayMs: 120_000 } });
    expect(meta.seen).toHaveLength(1);
  });

  it('calls about a WABA and its templates are charged to its budget, those about a number are not', async () => {
    const budget = new LocalManagementBudget(clock, 5);
    const { sut } = await setup(json(200, { id: '9', success: true, health_status: {} }), { budget });
    await sut.getHealth(NUMBER);
    await sut.getPhoneNumber(NUMBER);
    await sut.getHealth(WABA, WABA);
    await sut.getHealth('9', WABA);
    await sut.getTemplate(WABA, '9');
    await sut.editTemplate(WABA, '9', { components: [] });
    await sut.unpauseTemplate(WABA, '9');

    await expect(sut.getTemplate(WABA, '9')).rejects.toMatchObject({ retry: { kind: 'defer' } });
  });

  it('what Meta counts as used is told after every answer, that of a send included', async () => {
    const headers = { 'x-app-usage': JSON.stringify({ call_count: 91, total_time: 3, total_cputime: 4 }) };
    const app = { callCount: 91, totalTime: 3, totalCpuTime: 4 };
    const told: unknown[] = [];
    const answer = inTurn(json(200, { id: WABA }, headers), json(200, { messages: [{ id: 'wamid.A' }] }, headers), json(200, { id: WABA }));
    const { sut } = await setup(answer, { onUsage: (usage) => void told.push(usage.app) });

    await sut.getWaba(WABA);
    await sut.sendMessage(NUMBER, { messaging_product: 'whatsapp', to: '+919812345678', type: 'text', text: { body: 'x' } });
    await sut.getWaba(WABA);

    expect(told).toEqual([app, app, null]);
  });

  it('a send whose answer says that management calls are used up holds the next of these back', async () => {
    const usage = JSON.stringify({ [WABA]: [{ type: 'whatsapp', call_count: 100, estimated_time_to_regain_access: 2 }] });
    const budget = new LocalManagementBudget(clock, 100);
    const { sut } = await setup(json(200, { messages: [{ id: 'wamid.A' }] }, { 'x-business-use-case-usage': usage }), { budget });

    await sut.sendMessage(NUMBER, { messaging_product: 'whatsapp', to: '+919812345678', type: 'text', text: { body: 'x' } });

    await expect(sut.getWaba(WABA)).rejects.toMatchObject({ retry: { kind: 'defer', delayMs: 120_000 } });
  });

  it('usage headers that a proxy cut short are no usage', async () => {
    const { sut } = await setup(json(200, { id: WABA }, { 'x-app-usage': '{"call_count":', 'x-business-use-case-usage': '[]' }), {
      budget: new LocalManagementBudget(clock, 100),
    });

    expect(await sut.getWaba(WABA)).toEqual({ id: WABA });
  });
});
