import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import {
  A_PNG,
  APP_ID,
  NUMBER,
  OTHER_NUMBER,
  TestSimulator,
  templateWith,
  theImage,
  theName,
  TOKEN,
  type Answer,
  type Status,
} from './simulator.js';

const DAY_MS = 86_400_000;

describe('media', () => {
  let simulator: TestSimulator;
  beforeAll(async () => (simulator = await TestSimulator.start()));
  afterAll(() => simulator.stop());

  it('says where an upload is and what it is, and gives it back with the token', async () => {
    const id = String((await simulator.upload()).body.id);

    const { body } = await simulator.graph('GET', id);
    const url = String(body['url']);
    const withToken = await fetch(url, { headers: { authorization: `Bearer ${TOKEN}` } });

    expect(body).toEqual({
      messaging_product: 'whatsapp',
      id,
      mime_type: 'image/png',
      sha256: createHash('sha256').update(A_PNG).digest('hex'),
      file_size: A_PNG.length,
      url,
    });
    expect(Buffer.from(await withToken.arrayBuffer())).toEqual(A_PNG);
    expect((await fetch(url)).status).toBe(401);
  });

  it('lets a download address live five minutes', async () => {
    const id = String((await simulator.upload()).body.id);
    const url = String((await simulator.graph('GET', id)).body['url']);

    await simulator.pass(300_001);

    expect((await fetch(url, { headers: { authorization: `Bearer ${TOKEN}` } })).status).toBe(404);
  });

  it('belongs to the number that uploaded it', async () => {
    const id = String((await simulator.upload()).body.id);

    expect((await simulator.graph('GET', `${id}?phone_number_id=${NUMBER}`)).status).toBe(200);
    expect((await simulator.graph('GET', `${id}?phone_number_id=${OTHER_NUMBER}`)).body.error).toMatchObject({
      code: 100,
      error_subcode: 33,
    });
  });

  it('is gone when it was deleted', async () => {
    const id = String((await simulator.upload()).body.id);

    expect((await simulator.graph('DELETE', id)).body).toEqual({ success: true });
    expect((await simulator.graph('GET', id)).body.error).toMatchObject({ code: 803, type: 'GraphMethodException' });
  });

  it('lives 30 days', async () => {
    const id = String((await simulator.upload()).body.id);
    const message = { template: templateWith([theImage(id), theName]) };

    await simulator.pass(30 * DAY_MS - 1_000);
    expect((await simulator.send(message)).status).toBe(200);
    await simulator.pass(2_000);
    expect((await simulator.send(message)).body.error).toMatchObject({ code: 100 });
  });

  it.each([
    ['a type it does not know', 'image/gif', Buffer.from('GIF89a'), 100],
    ['an image of more than 5 MB', 'image/png', Buffer.concat([A_PNG, Buffer.alloc(5 * 1_024 * 1_024)]), 131_053],
    ['a PNG that is none', 'image/png', Buffer.from('<html>503</html>'), 131_053],
    ['nothing', 'image/png', Buffer.alloc(0), 100],
  ])('refuses %s', async (_, type, bytes, code) => {
    const answer = await simulator.upload(NUMBER, bytes, type);

    expect([answer.status, answer.body.error?.['code']]).toEqual([400, code]);
  });

  it('refuses a body that is no form, and a form without the product', async () => {
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(A_PNG)], { type: 'image/png' }), 'x.png');

    expect((await simulator.graph('POST', `${NUMBER}/media`, { messaging_product: 'whatsapp' })).body.error?.['code']).toBe(100);
    expect((await simulator.call('POST', `/v24.0/${NUMBER}/media`, form)).body.error?.['message']).toContain('messaging_product');
  });

  it('is written down with its hash', async () => {
    await simulator.upload();

    expect(simulator.ledger().at(-1)).toMatchObject({
      endpoint: 'media',
      accepted: true,
      sha256: createHash('sha256').update(A_PNG).digest('hex'),
      size: A_PNG.length,
    });
  });
});

describe('the origin of pack images', () => {
  let simulator: TestSimulator;
  beforeAll(async () => (simulator = await TestSimulator.start()));
  afterAll(() => simulator.stop());

  it.each([
    ['png', 'image/png', '89504e47'],
    ['jpg', 'image/jpeg', 'ffd8ff'],
  ])(
    'draws a valid %s, the same for the same name, another for another',
    async (type, mediaType, magic) => {
      const get = async (name: string): Promise<Buffer> =>
        Buffer.from(await (await fetch(`${simulator.url}/_origin/packs/${name}.${type}`)).arrayBuffer());
      const response = await fetch(`${simulator.url}/_origin/packs/a.${type}`);

      expect(response.headers.get('content-type')).toBe(mediaType);
      const drawn = Buffer.from(await response.arrayBuffer());
      expect(drawn.toString('hex').startsWith(magic)).toBe(true);
      expect(await get('a')).toEqual(drawn);
      expect(await get('b')).not.toEqual(drawn);
      expect((await simulator.upload(NUMBER, drawn, mediaType)).status).toBe(200);
    },
    30_000,
  ); // drawing takes long where the machine does something else, too

  it('describes an image before anybody fetches it', async () => {
    const { body } = await simulator.call('GET', '/_origin/describe?path=packs/c.png');
    const bytes = Buffer.from(await (await fetch(`${simulator.url}/_origin/packs/c.png`)).arrayBuffer());

    expect(body).toEqual({
      path: 'packs/c.png',
      sha256: createHash('sha256').update(bytes).digest('hex'),
      size_bytes: bytes.length,
      media_type: 'image/png',
    });
  }, 30_000);

  it('fails as often as it was told', async () => {
    await simulator.call('PATCH', '/_sim/config', { origin: { failShare: 1, failHttpStatus: 503 } });

    expect((await fetch(`${simulator.url}/_origin/packs/a.png`)).status).toBe(503);
    await simulator.call('PATCH', '/_sim/config', { origin: { failShare: 0 } });
  });

  it('has nothing but images', async () => expect((await fetch(`${simulator.url}/_origin/etc/passwd`)).status).toBe(404));
});

describe('images by link', () => {
  let simulator: TestSimulator;
  beforeAll(async () => (simulator = await TestSimulator.start()));
  afterAll(() => simulator.stop());
  const sendLinked = (link: string) =>
    simulator.send({ template: templateWith([{ type: 'header', parameters: [{ type: 'image', image: { link } }] }, theName]) });
  /** Fetching takes real time, what follows takes simulated time. */
  const endOf = async (answer: Answer): Promise<Status | undefined> => {
    const [{ id }] = answer.body['messages'] as [{ id: string }];
    const end = () => simulator.callback.statuses.find((s) => s.id === id && s.status !== 'sent');
    for (let i = 0; i < 200 && end() === undefined; i += 1) {
      await new Promise((go) => setTimeout(go, 10));
      await simulator.pass(30_000);
    }
    return end();
  };

  it('are fetched by the platform', async () => {
    expect(await endOf(await sendLinked(`${simulator.url}/_origin/packs/linked.png`))).toMatchObject({ status: 'delivered' });
  }, 30_000);

  it('fail late, by webhook, with 131053 where they cannot be fetched', async () => {
    const answer = await sendLinked(`${simulator.url}/_origin/nothing.txt`);

    expect(answer.status).toBe(200);
    expect(await endOf(answer)).toMatchObject({ status: 'failed', errors: [{ code: 131_053 }] });
  });

  it('are refused at once where they are no address', async () => expect((await sendLinked('cdn/x.png')).body.error?.['code']).toBe(100));
});

describe('resumable upload', () => {
  let simulator: TestSimulator;
  beforeAll(async () => (simulator = await TestSimulator.start()));
  afterAll(() => simulator.stop());
  const start = async (): Promise<string> =>
    String((await simulator.graph('POST', `${APP_ID}/uploads?file_name=a.png&file_length=${A_PNG.length}&file_type=image/png`)).body.id);
  const append = (id: string, offset: number, bytes: Buffer) =>
    simulator.call('POST', `/v24.0/${id}`, bytes, {
      authorization: `OAuth ${TOKEN}`,
      file_offset: String(offset),
      'content-type': 'application/octet-stream',
    });

  it('gives a handle for a file in one piece', async () => {
    const id = await start();

    expect(id).toMatch(/^upload:/);
    expect((await append(id, 0, A_PNG)).body['h']).toMatch(/^4::/);
  });

  it('goes on where it stopped', async () => {
    const id = await start();
    await append(id, 0, A_PNG.subarray(0, 20));

    expect((await simulator.graph('GET', id)).body).toEqual({ id, file_offset: 20 });
    expect((await append(id, 30, A_PNG.subarray(30))).body.error?.['code']).toBe(100);
    expect((await append(id, 20, A_PNG.subarray(20))).body['h']).toMatch(/^4::/);
  });

  it.each([
    ['an unknown type', 'file_length=10&file_type=text/html'],
    ['no length', 'file_type=image/png'],
  ])('refuses %s', async (_, query) =>
    expect((await simulator.graph('POST', `${APP_ID}/uploads?${query}`)).body.error?.['code']).toBe(100),
  );
});
