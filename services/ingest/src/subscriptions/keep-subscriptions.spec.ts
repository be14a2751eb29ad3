import { describe, expect, it } from '@jest/globals';
import type { CloudApiClient } from '@daybreak/cloud-api';
import type { Sql } from '@daybreak/database';
import { manualClock } from '@daybreak/kernel';
import { createLogger } from '@daybreak/observability';
import type { WabaCheck, WabaRepository, WabaStanding } from '../store/waba.repository.js';
import { KeepSubscriptions } from './keep-subscriptions.js';
import type { TellSubscriptions } from './tell-subscriptions.js';

const APP_ID = '100000000000001';

/** Two WABAs, of which Meta has forgotten the first, and a store that refuses the first as long as it is told to. */
function setup() {
  const store = { refuses: true, busy: Promise.resolve() };
  const subscribed = new Set(['waba-2']);
  const found: string[] = [];
  const told: string[] = [];
  const cloudApi = {
    getSubscribedApps: (wabaId: string) => Promise.resolve(subscribed.has(wabaId) ? [{ whatsapp_business_api_data: { id: APP_ID } }] : []),
    subscribe: (wabaId: string) => Promise.resolve(void subscribed.add(wabaId)),
  } as unknown as CloudApiClient;
  const wabas = {
    all: () => Promise.resolve([{ wabaId: 'waba-1' }, { wabaId: 'waba-2' }]),
    checked: async (wabaId: string, _check: WabaCheck, _at: Date, tell: (tx: Sql, now: WabaStanding, turned: boolean) => Promise<void>) => {
      if (store.refuses && wabaId === 'waba-1') throw new Error('the transaction was rolled back');
      await store.busy;
      await tell({} as Sql, { elsewhere: false, numbersElsewhere: [] }, false);
    },
  } as unknown as WabaRepository;
  const tell = {
    measured: () => undefined,
    found: (_: Sql, { wabaId }: { wabaId: string }) => Promise.resolve(void found.push(wabaId)),
    resubscribed: (_: Sql, wabaId: string, actor: string) => Promise.resolve(void told.push(`${wabaId} by ${actor}`)),
  } as unknown as TellSubscriptions;
  const sut = new KeepSubscriptions(cloudApi, wabas, tell, manualClock(0), createLogger('test', { level: 'silent' }), {
    CLOUD_API_APP_ID: APP_ID,
    WEBHOOK_PUBLIC_URL: undefined,
    SUBSCRIPTION_CHECK_MS: 600_000,
  });
  return { sut, store, found, told };
}

describe(KeepSubscriptions.name, () => {
  it('checks the others when one cannot be kept, and tells later what it did at Meta for that one', async () => {
    const { sut, store, found, told } = setup();

    await sut.all('user:night-shift');
    expect([found, told]).toEqual([['waba-2'], []]);

    store.refuses = false;
    await sut.all();
    await sut.all();
    expect(told).toEqual(['waba-1 by user:night-shift']); // once, and by whom it was
  });

  it('tells once what it did, also when another check comes before that is kept', async () => {
    const { sut, store, found, told } = setup();
    store.refuses = false;
    const { promise, resolve } = Promise.withResolvers<void>();
    store.busy = promise;

    const first = sut.one('waba-1');
    await new Promise(setImmediate);
    const second = sut.one('waba-1');
    await new Promise(setImmediate);
    resolve();
    await Promise.all([first, second]);

    expect([found, told]).toEqual([['waba-1', 'waba-1'], ['waba-1 by service:ingest']]);
  });
});
