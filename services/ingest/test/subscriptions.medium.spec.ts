import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ReadinessState, topics, type AuditRecorded, type ReadinessObserved } from '@daybreak/contracts';
import { aWabaState, eventually, type Watched } from '@daybreak/testing';
import { startIngest, type IngestWorld } from './ingest-world.js';

const APP_ID = '100000000000001';

/** Meta, as far as subscriptions go: which WABAs send their webhooks to the app, and one that it does not answer for. */
class FakeMeta {
  readonly subscribed = new Set<string>();
  readonly silent = new Set<string>();
  private server: Server | undefined;

  async listen(): Promise<string> {
    this.server = createServer((request, response) => {
      const wabaId = /^\/v[\d.]+\/(\d+)\/subscribed_apps/.exec(request.url ?? '')?.[1] ?? '';
      const answer = (status: number, body: object): void =>
        void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      if (this.silent.has(wabaId)) return answer(403, { error: { code: 10, message: '(#10) Permission denied', type: 'OAuthException' } });
      if (request.method === 'POST') {
        this.subscribed.add(wabaId);
        return answer(200, { success: true });
      }
      const apps = [{ whatsapp_business_api_data: { id: APP_ID, name: 'Daybreak', link: 'https://example.org' } }];
      return answer(200, { data: this.subscribed.has(wabaId) ? apps : [] });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => this.server?.once('listening', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }
}

describe('webhook subscriptions', () => {
  const meta = new FakeMeta();
  let world: IngestWorld;
  let readiness: Watched<ReadinessObserved>;
  let audits: Watched<AuditRecorded>;

  beforeAll(async () => {
    world = await startIngest({
      env: { CLOUD_API_BASE_URL: await meta.listen(), CLOUD_API_APP_ID: APP_ID, SUBSCRIPTION_CHECK_MS: '1000' },
    });
    [readiness, audits] = await Promise.all([world.stack.watch(topics.readinessObserved), world.stack.watch(topics.auditRecorded)]);
  });

  afterAll(async () => {
    await world.stop();
    meta.close();
  });

  const lastOf = (wabaId: string): ReadinessObserved | undefined =>
    readiness.events.findLast((e) => e.checkId === `webhook-subscription/${wabaId}`);
  const resubscribed = (wabaId: string): number =>
    audits.events.filter((e) => e.action === 'waba.resubscribed' && e.object === `waba/${wabaId}`).length;

  it('subscribes a WABA that does not send to us, as soon as it appears, and says so', async () => {
    await world.stack.publish(topics.wabaState, aWabaState({ wabaId: '201' }));

    await eventually(() => expect(meta.subscribed).toContain('201'));
    await eventually(() => expect([lastOf('201')?.state, resubscribed('201')]).toEqual([ReadinessState.OK, 1]));
  });

  it('finds at its next round that a WABA was unsubscribed behind our back', async () => {
    meta.subscribed.add('202');
    await world.stack.publish(topics.wabaState, aWabaState({ wabaId: '202' }));
    await eventually(() => expect(lastOf('202')?.state).toBe(ReadinessState.OK));
    expect(resubscribed('202')).toBe(0);

    meta.subscribed.delete('202');

    await eventually(() => expect(meta.subscribed).toContain('202'));
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
});
