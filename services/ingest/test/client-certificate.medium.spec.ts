import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { VERIFY_TOKEN, aStatusWebhook, startIngest, type IngestWorld } from './ingest-world.js';

const META = 'client.webhooks.fbclientcerts.com';
const handshake = `/webhooks/whatsapp?hub.mode=subscribe&hub.verify_token=${VERIFY_TOKEN}&hub.challenge=7`;

describe('the edge, where Meta has to show its client certificate', () => {
  let world: IngestWorld;

  beforeAll(async () => {
    world = await startIngest({ env: { WEBHOOK_CLIENT_CN: META } });
  });

  afterAll(() => world.stop());

  it.each<[string, Record<string, string>, number]>([
    ['takes what came with it', { 'ssl-client-verify': 'SUCCESS', 'ssl-client-subject-dn': `CN=${META},O=Meta` }, 200],
    ['refuses what came without it', {}, 403],
    ['refuses what came with another', { 'ssl-client-verify': 'SUCCESS', 'ssl-client-subject-dn': 'CN=example.org' }, 403],
    ['refuses what the ingress could not verify', { 'ssl-client-verify': 'NONE', 'ssl-client-subject-dn': `CN=${META}` }, 403],
  ])('%s, well signed or not', async (_, headers, status) => {
    expect((await world.post(aStatusWebhook(), undefined, headers)).status).toBe(status);
    expect((await fetch(`${world.ingest.url}${handshake}`, { headers })).status).toBe(status);
  });

  it('demands the signature all the same', async () => {
    const headers = { 'ssl-client-verify': 'SUCCESS', 'ssl-client-subject-dn': `CN=${META}` };

    expect((await world.post(aStatusWebhook(), 'sha256=00', headers)).status).toBe(401);
  });

  it('asks nobody for it who asks for health or metrics', async () => {
    expect([(await fetch(`${world.ingest.url}/healthz`)).status, (await fetch(`${world.ingest.url}/metrics`)).status]).toEqual([200, 200]);
  });
});
