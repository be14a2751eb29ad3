import { createServer, type Server } from 'node:http';
import { text as readAll } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newLocalToken } from '@daybreak/access';
import { ReadinessState, topics, type AlertRaised, type AuditRecorded, type ReadinessObserved } from '@daybreak/contracts';
import { aWabaState, eventually, type Watched } from '@daybreak/testing';
import { ALERT_NAME } from '../src/subscriptions/tell-subscriptions.js';
import { startIngest, type IngestWorld } from './ingest-world.js';

const APP_ID = '100000000000001';
const OURS = 'https://hooks.example.in/webhooks/whatsapp';
const operator = newLocalToken('night-shift', ['operator']);
const viewer = newLocalToken('looker-on', ['viewer']);

interface View {
  readonly wabaId: string;
  readonly state: string;
  readonly callbackUrl: string | null;
  readonly numbersElsewhere: readonly string[];
  readonly resubscribed?: boolean;
}

/** Meta, as far as subscriptions go: which WABAs send their webhooks to the app and where, and one that it does not answer for. */
class FakeMeta {
  /** To the address that overrides the app's own, empty when none does. */
  readonly subscribed = new Map<string, string>();
  readonly silent = new Set<string>();
  /** Overrides of single numbers, of the WABA that their ids begin with. */
  readonly overridesOfNumbers = new Map<string, string>();
  /** Whether Meta tells of the callbacks of numbers. */
  numbersAreTold = true;
  callbackOfApp = OURS;
  private server: Server | undefined;

  async listen(): Promise<string> {
    this.server = createServer((request, response) => {
      void readAll(request).then((sent) => {
        const [status, body] = this.answer(request.method ?? '', request.url ?? '', sent);
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => this.server?.once('listening', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }

  private answer(method: string, url: string, sent: string): [number, object] {
    if (new RegExp(`^/v[\\d.]+/${APP_ID}/subscriptions`).test(url))
      return [200, { data: [{ object: 'whatsapp_business_account', callback_url: this.callbackOfApp, active: true, fields: [] }] }];
    const wabaId = /^\/v[\d.]+\/(\d+)\/subscribed_apps/.exec(url)?.[1] ?? '';
    const numbersOf = /^\/v[\d.]+\/(\d+)\/phone_numbers/.exec(url)?.[1];
    if (numbersOf !== undefined) return this.numbers(numbersOf);
    const numberId = /^\/v[\d.]+\/(\d+)(?:\?|$)/.exec(url)?.[1];
    if (numberId !== undefined && method === 'POST') {
      expect(JSON.parse(sent)).toEqual({ webhook_configuration: { override_callback_uri: '' } });
      this.overridesOfNumbers.set(numberId, '');
      return [200, { success: true }];
    }
    if (this.silent.has(wabaId)) return [403, { error: { code: 10, message: '(#10) Permission denied', type: 'OAuthException' } }];
    if (method === 'POST') {
      this.subscribed.set(wabaId, '');
      return [200, { success: true }];
    }
    const override = this.subscribed.get(wabaId);
    if (override === undefined) return [200, { data: [] }];
    const app = { id: APP_ID, name: 'Daybreak', link: 'https://example.org' };
    return [200, { data: [{ whatsapp_business_api_data: app, ...(override === '' ? {} : { override_callback_uri: override }) }] }];
  }

  private numbers(wabaId: string): [number, object] {
    if (!this.numbersAreTold)
      return [400, { error: { code: 100, message: '(#100) Tried accessing nonexisting field', type: 'OAuthException' } }];
    const own = [...this.overridesOfNumbers].filter(([id]) => id.startsWith(wabaId));
    const data = own.map(([id, override]) => ({
      id,
      webhook_configuration: { ...(override !== '' && { phone_number: override }), application: OURS },
    }));
    return [200, { data }];
  }
}

describe('webhook subscriptions', () => {
  const meta = new FakeMeta();
  let world: IngestWorld;
  let readiness: Watched<ReadinessObserved>;
  let audits: Watched<AuditRecorded>;
  let alerts: Watched<AlertRaised>;

  beforeAll(async () => {
    world = await startIngest({
      env: {
        CLOUD_API_BASE_URL: await meta.listen(),
        CLOUD_API_APP_ID: APP_ID,
        CLOUD_API_APP_SECRET: 'of-the-app',
        SUBSCRIPTION_CHECK_MS: '1000',
        WEBHOOK_PUBLIC_URL: OURS,
        ACCESS_TOKENS: [operator.entry, viewer.entry].join(','),
      },
    });
    [readiness, audits, alerts] = await Promise.all([
      world.stack.watch(topics.readinessObserved),
      world.stack.watch(topics.auditRecorded),
      world.stack.watch(topics.alertRaised),
    ]);
  });

  afterAll(async () => {
    await world.stop();
    meta.close();
  });

  const lastOf = (wabaId: string): ReadinessObserved | undefined =>
    readiness.events.findLast((e) => e.checkId === `webhook-subscription/${wabaId}`);
  const resubscribers = (wabaId: string): string[] =>
    audits.events.filter((e) => e.action === 'waba.resubscribed' && e.object === `waba/${wabaId}`).map((e) => e.actor);
  const resubscribed = (wabaId: string): number => resubscribers(wabaId).length;
  /** Told as long as webhooks go elsewhere, and once more when they do not. */
  const resolutions = (wabaId: string): boolean[] =>
    alerts.events.filter((e) => e.alertName === ALERT_NAME && e.labels['waba_id'] === wabaId).map((e) => e.resolved);

  const call = (token: string | undefined, method: string, path: string): Promise<Response> =>
    fetch(`${world.ingest.url}/subscriptions${path}`, {
      method,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
  const listed = async (wabaId: string): Promise<View | undefined> =>
    ((await (await call(viewer.token, 'GET', '')).json()) as { subscriptions: View[] }).subscriptions.find((v) => v.wabaId === wabaId);

  it('subscribes a WABA that does not send to us, as soon as it appears, and says so', async () => {
    await world.stack.publish(topics.wabaState, aWabaState({ wabaId: '201' }));

    await eventually(() => expect(meta.subscribed.has('201')).toBe(true));
    await eventually(() => expect([lastOf('201')?.state, resubscribed('201')]).toEqual([ReadinessState.OK, 1]));
  });

  it('finds at its next round that a WABA was unsubscribed behind our back', async () => {
    meta.subscribed.set('202', '');
    await world.stack.publish(topics.wabaState, aWabaState({ wabaId: '202' }));
    await eventually(() => expect(lastOf('202')?.state).toBe(ReadinessState.OK));
    expect(resubscribed('202')).toBe(0);

    meta.subscribed.delete('202');

    await eventually(() => expect(meta.subscribed.has('202')).toBe(true));
    await eventually(() => expect(resubscribed('202')).toBe(1));
  });

  it('calls what it cannot read unknown, and goes on with the others', async () => {
    meta.silent.add('100');
    await world.stack.publish(topics.wabaState, aWabaState({ wabaId: '100' }), aWabaState({ wabaId: '203' }));

    await eventually(() => expect([lastOf('100')?.state, lastOf('203')?.state]).toEqual([ReadinessState.UNKNOWN, ReadinessState.OK]));
  });

  it('forgets a WABA that is gone', async () => {
    await world.stack.tombstone(topics.wabaState, '203');

    await eventually(async () =>
      expect(await world.stack.database('ingest').query(`select 1 from waba where waba_id = '203'`)).toEqual([]),
    );
  });

  it('tells once that an override sends the webhooks of a WABA elsewhere, and once that it is gone', async () => {
    meta.subscribed.set('204', 'https://somebody.example.org/hook');
    await world.stack.publish(topics.wabaState, aWabaState({ wabaId: '204' }));

    await eventually(() => expect([lastOf('204')?.state, resolutions('204')]).toEqual([ReadinessState.FAILED, [false]]));
    expect(await listed('204')).toMatchObject({ state: 'elsewhere', callbackUrl: 'https://somebody.example.org/hook' });

    meta.subscribed.set('204', `${OURS}/`);

    await eventually(() => expect([lastOf('204')?.state, resolutions('204')]).toEqual([ReadinessState.OK, [false, true]]));
    expect(resubscribed('204')).toBe(0);
  });

  it('tells that the callback of the app itself is not ours', async () => {
    meta.subscribed.set('205', '');
    await world.stack.publish(topics.wabaState, aWabaState({ wabaId: '205' }));
    await eventually(() => expect(lastOf('205')?.state).toBe(ReadinessState.OK));

    meta.callbackOfApp = 'https://old.example.in/webhooks/whatsapp';
    await eventually(() => expect([lastOf('205')?.state, resolutions('205')]).toEqual([ReadinessState.FAILED, [false]]));

    meta.callbackOfApp = OURS;
    await eventually(() => expect([lastOf('205')?.state, resolutions('205')]).toEqual([ReadinessState.OK, [false, true]]));
  });

  it('tells that an override of a single number sends its webhooks elsewhere, and which number; an operator takes it back', async () => {
    meta.subscribed.set('209', '');
    meta.overridesOfNumbers.set('2091', 'https://somebody.example.org/hook').set('2092', OURS).set('2093', '');
    await world.stack.publish(topics.wabaState, aWabaState({ wabaId: '209' }));

    await eventually(() => expect([lastOf('209')?.state, resolutions('209')]).toEqual([ReadinessState.FAILED, [false]]));
    expect(alerts.events.find((e) => e.labels['waba_id'] === '209')?.summary).toContain(' 2091 ');
    expect(await listed('209')).toMatchObject({ state: 'elsewhere', callbackUrl: OURS, numbersElsewhere: ['2091'] });

    const response = await call(operator.token, 'POST', '/209/resubscribe');

    expect(await response.json()).toMatchObject({ wabaId: '209', state: 'subscribed', numbersElsewhere: [] });
    expect(meta.overridesOfNumbers.get('2092')).toBe(OURS);
    await eventually(() => expect(resolutions('209')).toEqual([false, true]));
  });

  it('does not take what Meta no longer tells of numbers for good news', async () => {
    meta.subscribed.set('210', '');
    meta.overridesOfNumbers.set('2101', 'https://somebody.example.org/hook');
    await world.stack.publish(topics.wabaState, aWabaState({ wabaId: '210' }));
    await eventually(async () => expect(await listed('210')).toMatchObject({ numbersElsewhere: ['2101'] }));

    meta.numbersAreTold = false;
    await call(operator.token, 'POST', '/verify');

    expect(await listed('210')).toMatchObject({ state: 'elsewhere', numbersElsewhere: ['2101'] });
    meta.numbersAreTold = true;
  });

  it('subscribes again as an operator orders, in their name, which takes back an override', async () => {
    meta.subscribed.set('206', 'https://somebody.example.org/hook');
    await world.stack.publish(topics.wabaState, aWabaState({ wabaId: '206' }));
    await eventually(async () => expect(await listed('206')).toMatchObject({ state: 'elsewhere' }));

    const response = await call(operator.token, 'POST', '/206/resubscribe');

    expect([response.status, await response.json()]).toEqual([
      200,
      { wabaId: '206', state: 'subscribed', callbackUrl: OURS, numbersElsewhere: [], resubscribed: true },
    ]);
    await eventually(() => expect([resubscribers('206'), resolutions('206')]).toEqual([['user:night-shift'], [false, true]]));
  });

  it('checks all of them as an operator orders', async () => {
    meta.subscribed.set('207', '');
    await world.stack.publish(topics.wabaState, aWabaState({ wabaId: '207' }));
    await eventually(async () => expect(await listed('207')).toMatchObject({ state: 'subscribed' }));

    const response = await call(operator.token, 'POST', '/verify');

    expect(response.status).toBe(200);
    const { subscriptions } = (await response.json()) as { subscriptions: View[] };
    expect(subscriptions).toContainEqual({
      wabaId: '207',
      state: 'subscribed',
      callbackUrl: OURS,
      numbersElsewhere: [],
      resubscribed: false,
    });
  });

  it.each<[string, string | undefined, string, string, number]>([
    ['nobody', undefined, 'GET', '', 401],
    ['a stranger', 'dbk_of-somebody-else', 'GET', '', 401],
    ['a viewer', viewer.token, 'POST', '/verify', 403],
    ['a viewer', viewer.token, 'POST', '/206/resubscribe', 403],
    ['an operator, of a WABA that there is not', operator.token, 'POST', '/999/resubscribe', 404],
  ])('refuses %s: %#', async (_, token, method, path, status) => {
    expect((await call(token, method, path)).status).toBe(status);
  });

  it('says that Meta did not take what an operator ordered', async () => {
    meta.silent.add('208');
    await world.stack.publish(topics.wabaState, aWabaState({ wabaId: '208' }));
    await eventually(async () => expect(await listed('208')).toMatchObject({ state: 'unreadable' }));

    expect((await call(operator.token, 'POST', '/208/resubscribe')).status).toBe(502);
    expect(resubscribed('208')).toBe(0);
  });
});
