import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CloudApiClient } from '../src/client/cloud-api-client.js';
import { ourDescription } from './description.js';
import { endpointOfRequest, EVERY_ANSWER, EVERY_CALL, IDS } from './every-call.js';
import { json, localMeta, type LocalMeta, type Seen } from './local-meta.js';

const description = ourDescription();
let meta: LocalMeta;
let client: CloudApiClient;

beforeAll(async () => {
  // The first upload breaks, so that all three requests of a resumable upload are made.
  let broken = false;
  meta = await localMeta((seen, response, request) => {
    const uploading = seen.method === 'POST' && seen.path.includes('upload:');
    if (uploading && !broken) {
      broken = true;
      request.socket.destroy();
      return;
    }
    json(200, EVERY_ANSWER[endpointOfRequest(seen.method, seen.path)])(seen, response, request);
  });
  client = new CloudApiClient({ baseUrl: meta.baseUrl, version: 'v24.0', tokens: () => ['token-a'], appId: IDS.appid, appSecret: 'shhhh' });
  for (const [, make] of EVERY_CALL) await make(client);
});
afterAll(async () => {
  await client.close();
  await meta.close();
});

const isJson = (seen: Seen): boolean => seen.headers['content-type'] === 'application/json' && seen.body.length > 0;

describe('our description of the API', () => {
  it('describes every endpoint that the client calls, and no other', () => {
    const called = new Set(meta.seen.map((seen) => endpointOfRequest(seen.method, seen.path)));

    expect([...called].sort()).toEqual([...description.operations.keys()].sort());
  });

  it('allows every body that the client sends', () => {
    for (const seen of meta.seen.filter(isJson)) {
      const endpoint = endpointOfRequest(seen.method, seen.path);

      expect([endpoint, description.requestFaults(endpoint, JSON.parse(String(seen.body)))]).toEqual([endpoint, []]);
    }
  });

  it('allows every answer that the client is built to read', () => {
    for (const [endpoint, answer] of Object.entries(EVERY_ANSWER)) {
      expect([endpoint, description.answerFaults(endpoint, answer)]).toEqual([endpoint, []]);
    }
    expect(Object.keys(EVERY_ANSWER).sort()).toEqual([...description.operations.keys()].sort());
  });

  it('knows every query parameter that the client sends; the proof goes with all of them', () => {
    for (const seen of meta.seen) {
      const endpoint = endpointOfRequest(seen.method, seen.path);
      const unknown = [...seen.query.keys()].filter(
        (name) => name !== 'appsecret_proof' && !description.operations.get(endpoint)?.queryNames.has(name),
      );

      expect([endpoint, unknown]).toEqual([endpoint, []]);
    }
  });

  it.each<[string, unknown]>([
    ['a message without a recipient', { messaging_product: 'whatsapp', type: 'text', text: { body: 'x' } }],
    ['a text without a body', { messaging_product: 'whatsapp', to: '+919812345678', type: 'text', text: {} }],
    ['an image with neither id nor link', { messaging_product: 'whatsapp', to: '+919812345678', type: 'image', image: {} }],
    ['a type nobody knows', { messaging_product: 'whatsapp', to: '+919812345678', type: 'hologram' }],
    [
      'four buttons',
      {
        messaging_product: 'whatsapp',
        to: '+919812345678',
        type: 'interactive',
        interactive: { type: 'button', action: { buttons: Array(4).fill({ type: 'reply', reply: { id: '1', title: 'x' } }) } },
      },
    ],
    [
      'a reference of 513 characters',
      { messaging_product: 'whatsapp', to: '+919812345678', type: 'text', text: { body: 'x' }, biz_opaque_callback_data: 'r'.repeat(513) },
    ],
  ])('refuses %s', (_case, body) => {
    expect(description.requestFaults('POST /{phonenumberid}/messages', body)).not.toEqual([]);
  });
});
