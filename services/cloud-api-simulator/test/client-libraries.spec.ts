import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import GreatDetail from '@great-detail/whatsapp';
import { WhatsAppClient } from '@kapso/whatsapp-cloud-api';
import { normalizeWebhook, verifySignature } from '@kapso/whatsapp-cloud-api/server';
import { WhatsAppAPI } from 'whatsapp-api-js';
import { BodyComponent, BodyParameter, HeaderComponent, HeaderParameter, Image, Template } from 'whatsapp-api-js/messages';
import { A_PNG, APP_SECRET, NUMBER, PERSON, TestSimulator, theImage, theName, TOKEN } from './simulator.js';

const REFERENCE = 'd.main-20261124-0600.3f0c7a1e.1.1';

/**
 * Three public clients of the Cloud API, unchanged, each pointed here by its own option: what they send is understood, what they
 * receive they understand.
 */
describe('public client libraries', () => {
  let simulator: TestSimulator;
  beforeAll(async () => (simulator = await TestSimulator.start({ limits: { pair: false } })));
  afterAll(() => simulator.stop());
  const png = new Blob([new Uint8Array(A_PNG)], { type: 'image/png' });
  const postsAbout = (wamid: string | undefined) => simulator.callback.posts.filter((post) => post.body.includes(String(wamid)));

  it('@kapso/whatsapp-cloud-api uploads, sends a template, and reads its webhooks', async () => {
    const client = new WhatsAppClient({ accessToken: TOKEN, baseUrl: simulator.url, graphVersion: 'v24.0' });

    const media = await client.media.upload({ phoneNumberId: NUMBER, type: 'image/png', file: png, fileName: 'pack.png' });
    const components = [theImage(media.id), theName] as never;
    const sent = await client.messages.sendTemplate({
      phoneNumberId: NUMBER,
      to: PERSON,
      template: { name: 'daily_pack_v1', language: { code: 'en' }, components },
    });
    await simulator.pass(60_000);

    const wamid = sent.messages[0]?.id;
    const [post] = postsAbout(wamid);
    expect(
      verifySignature({ appSecret: APP_SECRET, rawBody: post?.body ?? '', signatureHeader: String(post?.headers['x-hub-signature-256']) }),
    ).toBe(true);
    expect(normalizeWebhook(JSON.parse(post?.body ?? '{}')).statuses).toEqual([expect.objectContaining({ id: wamid, status: 'sent' })]);
    expect(await client.media.get({ mediaId: media.id })).toMatchObject({ mime_type: 'image/png', file_size: A_PNG.length });
    await expect(client.messages.sendText({ phoneNumberId: '1', to: PERSON, body: 'x' })).rejects.toMatchObject({ code: 100 });
  });

  it('@great-detail/whatsapp uploads, sends a template, and reads its webhooks', async () => {
    const client = new GreatDetail({
      prefixUrl: simulator.url,
      graphVersion: 'v24.0',
      request: { headers: { Authorization: `Bearer ${TOKEN}` } },
    });

    const { id } = await client.media.upload({ phoneNumberID: NUMBER, file: png, filename: 'pack.png', mimeType: 'image/png' }).json();
    const template = { name: 'daily_pack_v1', language: { code: 'en' }, components: [theImage(id), theName] };
    const sent = await client.message.createMessage({ phoneNumberID: NUMBER, to: PERSON, type: 'template', template } as never).json();
    await simulator.pass(60_000);

    const wamid = sent.messages[0]?.id;
    const [post] = postsAbout(wamid);
    const event = await client.webhook.eventNotification({
      method: 'POST',
      query: {},
      body: post?.body ?? '',
      headers: post?.headers as Record<string, string>,
    });
    await event.verifySignature(APP_SECRET);
    expect(await event.signature.sha1.check(APP_SECRET)).toBe(true);
    expect(event.eventNotification.entry[0]?.changes[0]).toMatchObject({ value: { statuses: [{ id: wamid, status: 'sent' }] } });
  });

  it('whatsapp-api-js uploads, sends a template, and reads its webhooks', async () => {
    // It has no base URL; its own `ponyfill.fetch` is the way to another host.
    const here = (url: string, init?: RequestInit) => fetch(url.replace('https://graph.facebook.com', simulator.url), init);
    const client = new WhatsAppAPI<unknown>({ token: TOKEN, appSecret: APP_SECRET, v: 'v24.0', ponyfill: { fetch: here as typeof fetch } });

    const form = new FormData();
    form.set('file', png);
    const media = (await client.uploadMedia(NUMBER, form)) as { id: string };
    const template = new Template(
      'daily_pack_v1',
      'en',
      new HeaderComponent(new HeaderParameter(new Image(media.id, true), 'image')),
      new BodyComponent(new BodyParameter('Asha', 'name')),
    );
    const sent = (await client.sendMessage(NUMBER, { phone: PERSON } as never, template, undefined, REFERENCE)) as {
      messages: { id: string }[];
    };
    await simulator.pass(60_000);

    const seen: unknown[] = [];
    client.on.status = (status) => void seen.push(status);
    for (const post of postsAbout(sent.messages[0]?.id)) {
      await client.post(JSON.parse(post.body) as never, post.body, String(post.headers['x-hub-signature-256']));
    }
    expect(seen).toEqual(
      ['sent', 'delivered'].map((status) =>
        expect.objectContaining({ id: sent.messages[0]?.id, status, biz_opaque_callback_data: REFERENCE }),
      ),
    );
  });

  it('whatsapp-api-js hears what people write', async () => {
    const client = new WhatsAppAPI<unknown>({ token: TOKEN, appSecret: APP_SECRET, v: 'v24.0' });
    const heard: unknown[] = [];
    client.on.message = ({ from, message }) => void heard.push([from, message.type === 'text' ? message.text.body : message.type]);

    const { body } = await simulator.call('POST', '/_sim/inbound', { from: PERSON, text: 'रोकें' });
    await simulator.pass(60_000);
    const [post] = postsAbout(String(body['wamid']));
    await client.post(JSON.parse(post?.body ?? '{}') as never, post?.body ?? '', String(post?.headers['x-hub-signature-256']));

    expect(heard).toEqual([[PERSON.slice(1), 'रोकें']]);
  });
});
