import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { APP_ID, APP_SECRET, NUMBER, OTHER_NUMBER, TestSimulator, TOKEN, WABA, type Answer } from './simulator.js';

const APP_TOKEN = `${APP_ID}|${APP_SECRET}`;
const LIMITED = 'a-token-of-less-power';
const EXPIRING = 'a-token-that-expires';
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

describe('access', () => {
  let simulator: TestSimulator;
  beforeEach(async () => {
    const tokens = [
      { token: TOKEN, appId: APP_ID },
      { token: LIMITED, appId: APP_ID, scopes: ['whatsapp_business_messaging'], wabaIds: ['99999'] },
      { token: EXPIRING, appId: APP_ID, expiresAfterMs: HOUR_MS },
    ];
    simulator = await TestSimulator.start({ tokens });
  });
  afterEach(() => simulator.stop());
  const as = (token: string, path: string): Promise<Answer> =>
    simulator.call('GET', `/v24.0/${path}`, undefined, { authorization: token === '' ? '' : `Bearer ${token}` });

  it.each([
    ['no token', '', NUMBER, 401, 104],
    ['a token nobody gave', 'nonsense', NUMBER, 401, 190],
    ['a token without the scope', LIMITED, WABA, 403, 200],
    ['a token of another WABA', LIMITED, NUMBER, 403, 200],
    ['an app token where a person’s is needed', APP_TOKEN, NUMBER, 403, 200],
    ['an id that names nothing', TOKEN, '123456789012345', 404, 803],
    ['an edge that does not exist', TOKEN, `${WABA}/secrets`, 400, 2_500],
  ])('refuses %s', async (_, token, path, status, code) => {
    const answer = await as(token, path);

    expect([answer.status, answer.body.error?.['code']]).toEqual([status, code]);
  });

  it.each(['24.0', 'v24', 'v99.0', 'v2.0'])('refuses the version %s', async (version) => {
    const answer = await simulator.call('GET', `/${version}/${NUMBER}`);

    expect([answer.status, answer.body.error?.['code']]).toEqual([400, 100]);
    expect(answer.body.error?.['message']).toContain('Invalid version');
  });

  it('takes the token as a parameter too', async () => expect((await as('', `${NUMBER}?access_token=${TOKEN}`)).status).toBe(200));

  it('checks the proof of the app’s secret where it is given', async () => {
    const proof = createHmac('sha256', APP_SECRET).update(TOKEN).digest('hex');

    expect((await as(TOKEN, `${NUMBER}?appsecret_proof=${proof}`)).status).toBe(200);
    expect((await as(TOKEN, `${NUMBER}?appsecret_proof=${'0'.repeat(64)}`)).body.error?.['code']).toBe(100);
  });

  it('lets a token expire, and tells it apart from a revoked one', async () => {
    expect((await as(EXPIRING, NUMBER)).status).toBe(200);

    await simulator.pass(HOUR_MS);
    await simulator.call('POST', '/_sim/actions', { do: 'revoke-token', token: TOKEN });

    expect((await as(EXPIRING, NUMBER)).body.error).toMatchObject({ code: 190, error_subcode: 463 });
    expect((await as(TOKEN, NUMBER)).body.error).toMatchObject({ code: 190, error_subcode: 460 });
  });

  it('exchanges a token ahead of its end for one of 60 days', async () => {
    const query = new URLSearchParams({
      grant_type: 'fb_exchange_token',
      client_id: APP_ID,
      client_secret: APP_SECRET,
      fb_exchange_token: EXPIRING,
      set_token_expires_in_60_days: 'true',
    });
    const { body } = await simulator.call('GET', `/v24.0/oauth/access_token?${query.toString()}`, undefined, { authorization: '' });

    await simulator.pass(24 * HOUR_MS);

    expect(body['expires_in']).toBe(60 * 86_400);
    expect((await as(String(body['access_token']), NUMBER)).status).toBe(200);
    expect((await simulator.call('GET', '/v24.0/oauth/access_token?client_id=1&client_secret=2')).status).toBe(400);
  });

  it('inspects tokens', async () => {
    const inspect = async (token: string, by = APP_TOKEN) => (await as(by, `debug_token?input_token=${token}`)).body['data'];

    expect(await inspect(TOKEN, TOKEN)).toMatchObject({
      app_id: APP_ID,
      is_valid: true,
      expires_at: 0,
      scopes: expect.arrayContaining(['whatsapp_business_messaging']) as unknown,
    });
    expect(await inspect(LIMITED)).toMatchObject({ granular_scopes: [{ scope: 'whatsapp_business_messaging', target_ids: ['99999'] }] });
    expect(await inspect('nonsense')).toMatchObject({ is_valid: false, error: { code: 190 } });
    await simulator.pass(HOUR_MS);
    expect(await inspect(EXPIRING)).toMatchObject({ is_valid: false, expires_at: expect.any(Number) as unknown });
  });
});

describe('phone numbers and accounts', () => {
  let simulator: TestSimulator;
  beforeEach(async () => (simulator = await TestSimulator.start()));
  afterEach(() => simulator.stop());
  const number = async (fields: string): Promise<Answer['body']> => (await simulator.graph('GET', `${NUMBER}?fields=${fields}`)).body;
  const act = (action: Record<string, unknown>) => simulator.call('POST', '/_sim/actions', action);
  const changes = (field: string) => simulator.callback.changes.filter((c) => c.field === field).map((c) => c.value);

  it('have four fields unless others are asked for', async () => {
    expect((await simulator.graph('GET', NUMBER)).body).toEqual({
      id: NUMBER,
      display_phone_number: '+91 80 4718 0001',
      verified_name: 'Daybreak',
      quality_rating: 'GREEN',
    });
    expect(await number('status,throughput,whatsapp_business_manager_messaging_limit,messaging_limit_tier')).toEqual({
      id: NUMBER,
      status: 'CONNECTED',
      throughput: { level: 'STANDARD' },
      whatsapp_business_manager_messaging_limit: 'TIER_UNLIMITED',
    });
  });

  it('are listed for their account', async () => {
    const { body } = await simulator.graph('GET', `${WABA}/phone_numbers?fields=id,status&limit=2`);

    expect(body['data']).toEqual([NUMBER, OTHER_NUMBER].map((id) => ({ id, status: 'CONNECTED' })));
    expect(body['paging']).toHaveProperty('next');
  });

  it('have an account with a name, a limit and a health', async () => {
    const { body } = await simulator.graph('GET', `${WABA}?fields=name,currency,account_review_status,health_status,owner_business_info`);

    expect(body).toMatchObject({
      id: WABA,
      currency: 'INR',
      account_review_status: 'APPROVED',
      health_status: { can_send_message: 'AVAILABLE' },
    });
  });

  it('belong to a portfolio, where the messaging limit lives', async () => {
    await act({ do: 'set-messaging-limit', messagingLimit: 'TIER_2K' });

    const fields = 'whatsapp_business_manager_messaging_limit';
    expect((await simulator.graph('GET', `942647313864044?fields=${fields}`)).body).toEqual({ id: '942647313864044', [fields]: 'TIER_2K' });
    await simulator.pass(60_000);
    expect(changes('business_capability_update')).toEqual([
      { max_daily_conversations_per_business: 'TIER_2K', max_phone_numbers_per_business: 20 },
    ]);
  });

  it.each([
    ['BANNED', 131_031, 'BLOCKED'],
    ['RATE_LIMITED', 131_048, 'BLOCKED'],
    ['DISCONNECTED', 133_010, 'BLOCKED'],
    ['DELETED', 33, 'BLOCKED'],
    ['UNVERIFIED', 131_045, 'BLOCKED'],
    ['FLAGGED', undefined, 'LIMITED'],
  ])('that are %s answer %s to a message', async (status, code, canSend) => {
    await act({ do: 'set-number-status', number: 1, status });

    expect((await simulator.send()).body.error?.['code']).toBe(code);
    expect((await number('health_status'))['health_status']).toMatchObject({ can_send_message: canSend });
    expect((await simulator.send({}, OTHER_NUMBER)).status).toBe(200);
  });

  it('are banned in silence, but apps are told when the whole account is', async () => {
    await act({ do: 'set-number-status', number: NUMBER, status: 'BANNED' });
    await simulator.pass(60_000);
    expect(changes('account_update')).toEqual([]);

    await act({ do: 'ban-account', state: 'DISABLE' });
    await simulator.pass(60_000);
    expect(changes('account_update')).toEqual([
      expect.objectContaining({ event: 'DISABLED_UPDATE', ban_info: expect.objectContaining({ waba_ban_state: 'DISABLE' }) }),
    ]);
    expect((await simulator.send({}, OTHER_NUMBER)).body.error?.['code']).toBe(131_031);
    await act({ do: 'ban-account', state: 'REINSTATE' });
    expect((await simulator.send({}, OTHER_NUMBER)).status).toBe(200);
  });

  it('are upgraded after a minute of maintenance', async () => {
    await act({ do: 'upgrade-throughput', number: 1, throughput: 1_000 });
    expect((await simulator.send()).body.error?.['code']).toBe(131_057);

    await simulator.pass(120_000);

    expect((await number('throughput'))['throughput']).toEqual({ level: 'HIGH' });
    expect(changes('phone_number_quality_update')).toEqual([expect.objectContaining({ event: 'THROUGHPUT_UPGRADE' })]);
  });

  it('have their throughput scaled and their quality set', async () => {
    await act({ do: 'scale-throughput', number: 1, factor: 0.0125 });
    await act({ do: 'set-number-quality', number: 1, qualityRating: 'YELLOW' });
    await simulator.send();

    expect((await simulator.send({ to: '+919812345670' })).body.error?.['code']).toBe(130_429);
    expect(await number('quality_rating')).toMatchObject({ quality_rating: 'YELLOW' });
  });

  it('lose their quality to blocks and get it back by resting, while a rating set by hand stays', async () => {
    await simulator.call('PATCH', '/_sim/config', { recipients: { shares: { blocks: 1, reads: 0 } } });
    await act({ do: 'set-number-quality', number: 2, qualityRating: 'YELLOW' });
    for (let i = 0; i < 6; i += 1) await simulator.send({ to: `+9198123456${i + 10}` });
    const rating = async (id = NUMBER) => (await simulator.graph('GET', `${id}?fields=quality_rating`)).body['quality_rating'];

    await simulator.pass(7 * HOUR_MS); // nobody takes longer than six to react
    expect(await rating()).toBe('RED');
    await simulator.pass(10 * DAY_MS);

    expect([await rating(), await rating(OTHER_NUMBER)]).toEqual(['GREEN', 'YELLOW']);
  });

  it('are registered with their PIN, at most ten times in 72 hours', async () => {
    const register = async (pin: string) =>
      (await simulator.graph('POST', `${NUMBER}/register`, { messaging_product: 'whatsapp', pin })).body;
    expect((await simulator.graph('POST', `${NUMBER}/deregister`)).body).toEqual({ success: true });
    expect((await simulator.send()).body.error?.['code']).toBe(133_010);

    expect((await register('123456')).error?.['code']).toBe(133_005);
    expect((await register('12')).error?.['code']).toBe(100);
    expect(await register('000000')).toEqual({ success: true });
    expect((await simulator.send()).status).toBe(200);
    for (let i = 0; i < 7; i += 1) await register('000000');
    expect((await register('000000')).error?.['code']).toBe(133_016);
    await simulator.pass(72 * HOUR_MS);
    expect(await register('000000')).toEqual({ success: true });
  });

  it('have a business profile', async () => {
    const change = await simulator.graph('POST', `${NUMBER}/whatsapp_business_profile`, {
      messaging_product: 'whatsapp',
      about: 'Every morning at six',
    });

    expect(change.body).toEqual({ success: true });
    expect((await simulator.graph('GET', `${NUMBER}/whatsapp_business_profile?fields=about`)).body['data']).toEqual([
      { about: 'Every morning at six', messaging_product: 'whatsapp' },
    ]);
    expect((await simulator.graph('GET', `${NUMBER}/whatsapp_business_profile?fields=shoe_size`)).body.error?.['code']).toBe(100);
  });

  it('spend the management budget of their account', async () => {
    await simulator.call('PATCH', '/_sim/config', { limits: { managementPerHour: 4, throttlingHttpStatus: 429 } });
    const answers: Answer[] = [];
    for (let i = 0; i < 5; i += 1) answers.push(await simulator.graph('GET', `${WABA}/phone_numbers`));

    expect(answers.map((a) => a.status)).toEqual([200, 200, 200, 200, 429]);
    expect(answers[4]?.body.error).toMatchObject({ code: 80_008, is_transient: true });
    expect(JSON.parse(answers[3]?.headers.get('x-business-use-case-usage') ?? '{}')).toMatchObject({
      [WABA]: [{ type: 'whatsapp', call_count: 100 }],
    });
    expect((await simulator.send()).status).toBe(200);
  });

  it('remember what became of a message', async () => {
    const sent = await simulator.send();
    const [{ id: wamid }] = sent.body['messages'] as [{ id: string }];
    await simulator.pass(60_000);

    const { body } = await simulator.graph('GET', `${NUMBER}/message_history?message_id=${encodeURIComponent(wamid)}`);

    const [entry] = body['data'] as [{ message_id: string; events: { data: Record<string, unknown>[] } }];
    expect(entry.message_id).toBe(wamid);
    expect(entry.events.data.map((e) => [e['delivery_status'], e['webhook_update_state']])).toEqual([
      ['SENT', 'DELIVERED'],
      ['DELIVERED', 'DELIVERED'],
    ]);
    expect((await simulator.graph('GET', `${NUMBER}/message_history?message_id=wamid.x`)).status).toBe(422);
  });
});

describe('subscriptions', () => {
  let simulator: TestSimulator;
  beforeEach(async () => (simulator = await TestSimulator.start()));
  afterEach(() => simulator.stop());
  const callbackUrl = (): string => String(simulator.simulation.directory.apps.get(APP_ID)?.callbackUrl);
  const asApp = (method: string, body?: unknown) =>
    simulator.call(method, `/v24.0/${APP_ID}/subscriptions`, body, { authorization: `Bearer ${APP_TOKEN}` });

  it('make the difference between webhooks and silence', async () => {
    expect((await simulator.graph('GET', `${WABA}/subscribed_apps`)).body['data']).toMatchObject([
      { whatsapp_business_api_data: { id: APP_ID } },
    ]);

    await simulator.graph('DELETE', `${WABA}/subscribed_apps`);
    await simulator.send();
    await simulator.pass(60_000);
    expect(simulator.callback.posts).toHaveLength(0);
    expect((await simulator.graph('GET', `${WABA}/subscribed_apps`)).body['data']).toEqual([]);

    expect((await simulator.graph('POST', `${WABA}/subscribed_apps`)).body).toEqual({ success: true });
    await simulator.send();
    await simulator.pass(60_000);
    expect(simulator.callback.posts).not.toHaveLength(0);
  });

  it('take an override for messages after the handshake, and drop it again', async () => {
    const override = `${callbackUrl()}/override`;

    expect(
      (await simulator.graph('POST', `${WABA}/subscribed_apps`, { override_callback_uri: override, verify_token: 'wrong' })).body.error?.[
        'code'
      ],
    ).toBe(2_200);
    await simulator.graph('POST', `${WABA}/subscribed_apps`, { override_callback_uri: override, verify_token: 'simulator-verify-token' });
    expect((await simulator.graph('GET', `${WABA}/subscribed_apps`)).body['data']).toMatchObject([{ override_callback_uri: override }]);
    await simulator.graph('POST', `${WABA}/subscribed_apps`, {});
    expect((await simulator.graph('GET', `${WABA}/subscribed_apps`)).body['data']).not.toMatchObject([{ override_callback_uri: override }]);
  });

  it('of the app itself need the app’s token and a callback that answers', async () => {
    const subscription = {
      object: 'whatsapp_business_account',
      callback_url: `${callbackUrl()}/new`,
      verify_token: 'simulator-verify-token',
      fields: '["messages"]',
      include_values: true,
    };

    expect((await simulator.graph('POST', `${APP_ID}/subscriptions`, subscription)).body.error?.['code']).toBe(15);
    expect((await asApp('POST', { ...subscription, verify_token: 'wrong' })).body.error?.['code']).toBe(2_200);
    expect((await asApp('POST', { ...subscription, callback_url: 'http://127.0.0.1:1/' })).body.error?.['code']).toBe(2_200);
    expect((await asApp('POST', subscription)).body).toEqual({ success: true });
    expect((await asApp('GET')).body['data']).toMatchObject([
      { object: 'whatsapp_business_account', callback_url: `${callbackUrl()}`, active: true, fields: [{ name: 'messages' }] },
    ]);
    expect((await asApp('DELETE')).body).toEqual({ success: true });
    expect((await asApp('GET')).body['data']).toEqual([]);
  });

  it('leave out fields the app did not ask for', async () => {
    await asApp('POST', {
      object: 'whatsapp_business_account',
      callback_url: callbackUrl(),
      verify_token: 'simulator-verify-token',
      fields: 'account_update',
    });
    await simulator.send();
    await simulator.pass(60_000);

    expect(simulator.callback.posts).toHaveLength(0);
  });

  it('of a number win over all', async () => {
    const elsewhere = `${callbackUrl()}/number`;
    const change = await simulator.graph('POST', NUMBER, {
      webhook_configuration: { override_callback_uri: elsewhere, verify_token: 'simulator-verify-token' },
    });

    expect(change.body).toEqual({ success: true });
    expect((await simulator.graph('GET', `${NUMBER}?fields=webhook_configuration`)).body['webhook_configuration']).toEqual({
      phone_number: elsewhere,
    });
  });
});
