import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { NUMBER, OTHER_NUMBER, PERSON, TestSimulator, templateWith, theImage, theName, TOKEN, type Answer } from './simulator.js';

const refusal = (answer: Answer) => [answer.status, answer.body.error?.['code']];

describe('POST /{phone_number_id}/messages', () => {
  let simulator: TestSimulator;
  let image: string;
  beforeAll(async () => {
    simulator = await TestSimulator.start({ limits: { pair: false } });
    image = String((await simulator.upload()).body.id);
  });
  afterAll(() => simulator.stop());
  beforeEach(() => simulator.pass(10_000));

  const thePack = (over: Record<string, unknown> = {}) => ({ template: templateWith([theImage(image), theName]), ...over });

  it('accepts the daily pack with the image of the same number', async () => {
    const answer = await simulator.send(thePack());

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      messaging_product: 'whatsapp',
      contacts: [{ input: PERSON, wa_id: PERSON.slice(1) }],
      messages: [{ message_status: 'accepted' }],
    });
    expect(answer.body['messages']).toEqual([
      expect.objectContaining({ id: expect.stringMatching(/^wamid\.[A-Za-z0-9+/=]+$/) as unknown }),
    ]);
  });

  it('is answered by the older versions of the API too', async () => {
    const body = { messaging_product: 'whatsapp', to: PERSON, type: 'template', template: templateWith([], 'hello') };

    expect((await simulator.call('POST', `/v23.0/${NUMBER}/messages`, body)).status).toBe(200);
  });

  it.each([
    ['without a plus: the country of the sender is put in front', '16315551234', '9116315551234'],
    ['with punctuation', '+91 (98123) 45-678', '919812345678'],
  ])('reads an address %s', async (_, to, waId) => {
    expect((await simulator.send({ to })).body['contacts']).toEqual([expect.objectContaining({ input: to, wa_id: waId })]);
  });

  it.each([
    ['no messaging_product', { messaging_product: undefined }, 400, 100],
    ['no recipient', { to: undefined }, 400, 100],
    ['a recipient that is not text', { to: 919_812_345_678 }, 400, 100],
    ['a recipient that is no number', { to: 'advisor-17' }, 400, 131_009],
    ['the sender itself', { to: '+918047180001' }, 400, 131_021],
    ['an unknown type', { type: 'telegram' }, 400, 100],
    ['a type without its content', { template: undefined }, 400, 131_008],
    ['a reference of 513 characters', { biz_opaque_callback_data: 'r'.repeat(513) }, 400, 100],
    ['a reference that is not text', { biz_opaque_callback_data: { a: 1 } }, 400, 100],
    ['a text of 4 097 characters', { type: 'text', text: { body: 'a'.repeat(4_097) } }, 400, 100],
    ['an empty text', { type: 'text', text: { body: '' } }, 400, 100],
    [
      'four buttons',
      {
        type: 'interactive',
        interactive: {
          type: 'button',
          body: { text: 'x' },
          action: { buttons: [1, 2, 3, 4].map((i) => ({ type: 'reply', reply: { id: `${i}`, title: `${i}` } })) },
        },
      },
      400,
      100,
    ],
    [
      'a button title of 21 characters',
      {
        type: 'interactive',
        interactive: {
          type: 'button',
          body: { text: 'x' },
          action: { buttons: [{ type: 'reply', reply: { id: '1', title: 'a'.repeat(21) } }] },
        },
      },
      400,
      100,
    ],
    [
      'a list of eleven rows',
      {
        type: 'interactive',
        interactive: {
          type: 'list',
          body: { text: 'x' },
          action: { button: 'Open', sections: [{ rows: Array.from({ length: 11 }, (__, i) => ({ id: `${i}`, title: `${i}` })) }] },
        },
      },
      400,
      100,
    ],
    ['a template without a name', { template: { language: { code: 'en' } } }, 400, 100],
    ['a template without a language', { template: { name: 'hello' } }, 400, 100],
    ['an unknown template', { template: templateWith([], 'nobody') }, 404, 132_001],
    ['a template in another language', { template: templateWith([], 'hello', 'en_US') }, 404, 132_001],
    ['parameters of the marketing API', { product_policy: 'STRICT' }, 400, 131_061],
  ])('refuses %s', async (_, over, status, code) => {
    const answer = await simulator.send(over);

    expect(refusal(answer)).toEqual([status, code]);
    expect(answer.body.error).toEqual(
      expect.objectContaining({ message: expect.any(String), type: expect.any(String), fbtrace_id: expect.any(String) }),
    );
  });

  it.each([
    ['no header', () => [theName], 132_012],
    ['a header of the wrong type', () => [{ type: 'header', parameters: [{ type: 'text', text: 'x' }] }, theName], 132_012],
    ['no body parameters', () => [theImage(image)], 132_000],
    [
      'positional parameters for a named template',
      () => [theImage(image), { type: 'body', parameters: [{ type: 'text', text: 'Asha' }] }],
      132_000,
    ],
    [
      'one parameter too many',
      () => [theImage(image), { type: 'body', parameters: ['name', 'other'].map((n) => ({ type: 'text', parameter_name: n, text: 'x' })) }],
      132_000,
    ],
    [
      'a parameter of another name',
      () => [theImage(image), { type: 'body', parameters: [{ type: 'text', parameter_name: 'nom', text: 'Asha' }] }],
      132_018,
    ],
    [
      'an empty parameter',
      () => [theImage(image), { type: 'body', parameters: [{ type: 'text', parameter_name: 'name', text: '' }] }],
      131_008,
    ],
    [
      'a line break in a parameter',
      () => [theImage(image), { type: 'body', parameters: [{ type: 'text', parameter_name: 'name', text: 'A\nB' }] }],
      132_018,
    ],
    [
      'a text that becomes too long',
      () => [theImage(image), { type: 'body', parameters: [{ type: 'text', parameter_name: 'name', text: 'a'.repeat(1_000) }] }],
      132_005,
    ],
    [
      'a button the template has not',
      () => [
        theImage(image),
        theName,
        { type: 'button', sub_type: 'quick_reply', index: '5', parameters: [{ type: 'payload', payload: 'x' }] },
      ],
      132_018,
    ],
    [
      'a button of another type',
      () => [theImage(image), theName, { type: 'button', sub_type: 'url', index: 0, parameters: [{ type: 'text', text: 'x' }] }],
      132_018,
    ],
    ['an unknown image', () => [theImage('123456789012345'), theName], 100],
  ])('holds a message against its template: %s', async (_, components, code) => {
    expect((await simulator.send({ template: templateWith(components()) })).body.error?.['code']).toBe(code);
  });

  it('refuses the image of another number', async () => {
    expect(refusal(await simulator.send(thePack(), OTHER_NUMBER))).toEqual([400, 100]);
  });

  it('takes payloads for quick-reply buttons', async () => {
    const button = {
      type: 'button',
      sub_type: 'quick_reply',
      index: '0',
      parameters: [{ type: 'payload', payload: 'more:main-20261124-0600' }],
    };

    expect((await simulator.send({ template: templateWith([theImage(image), theName, button]) })).status).toBe(200);
  });

  it('answers a body that is not JSON as Meta does', async () => {
    const answer = await simulator.call('POST', `/v24.0/${NUMBER}/messages`, '{"messaging_product":', {
      'content-type': 'application/json',
    });

    expect(refusal(answer)).toEqual([400, 100]);
    expect(answer.body.error?.['message']).toContain('Invalid JSON');
  });

  describe('read receipts, which are no messages', () => {
    const receipt = (wamid: unknown, number = NUMBER): Promise<Answer> =>
      simulator.graph('POST', `${number}/messages`, {
        messaging_product: 'whatsapp',
        status: 'read',
        message_id: wamid,
        typing_indicator: { type: 'text' },
      });

    it('are taken for what somebody wrote to the number', async () => {
      const { wamid } = (await simulator.call('POST', '/_sim/inbound', { from: PERSON, text: 'x' })).body;

      expect((await receipt(wamid)).body).toEqual({ success: true });
      expect(refusal(await receipt(wamid, OTHER_NUMBER))).toEqual([400, 131_009]);
    });

    it('are refused for a message that nobody wrote, and for our own', async () => {
      const [{ id: ours }] = (await simulator.send()).body['messages'] as [{ id: string }];

      expect(refusal(await receipt('wamid.x'))).toEqual([400, 131_009]);
      expect(refusal(await receipt(ours))).toEqual([400, 131_009]);
    });
  });

  it('writes down every request, accepted or refused, with what was known of it', async () => {
    const before = simulator.ledger().length;

    await simulator.send(thePack({ biz_opaque_callback_data: 'd.run.one.1.1' }));
    await simulator.send({ to: '98123 45678', biz_opaque_callback_data: 'd.run.two.1.1', template: templateWith([], 'nobody') });

    const [accepted, refused] = simulator.ledger().slice(before);
    expect(accepted).toMatchObject({
      kind: 'request',
      phone_number_id: NUMBER,
      to: PERSON,
      reference: 'd.run.one.1.1',
      template: 'daily_pack_v1',
      language: 'en',
      accepted: true,
      status: 'accepted',
      answer: 200,
    });
    expect(refused).toMatchObject({
      kind: 'request',
      to: PERSON,
      reference: 'd.run.two.1.1',
      template: 'nobody',
      accepted: false,
      code: 132_001,
      answer: 404,
    });
    expect(JSON.stringify(simulator.ledger())).not.toContain(TOKEN);
  });
});

describe('limits', () => {
  let simulator: TestSimulator;
  beforeAll(async () => (simulator = await TestSimulator.start()));
  afterAll(() => simulator.stop());
  beforeEach(() => simulator.pass(600_000));

  const burst = (count: number, to: (i: number) => string, number = NUMBER): Promise<Answer[]> =>
    Promise.all(Array.from({ length: count }, (_, i) => simulator.send({ to: to(i) }, number)));
  const somebody = (i: number): string => `+9198${String(20_000_000 + i)}`;

  it('takes 80 messages in a rolling second and refuses the rest with 130429', async () => {
    const answers = await burst(85, somebody);

    expect(answers.filter((a) => a.status === 200)).toHaveLength(80);
    expect(answers.filter((a) => a.status !== 200).map(refusal)).toEqual(Array.from({ length: 5 }, () => [400, 130_429]));
    await simulator.pass(1_000);
    expect((await simulator.send({ to: somebody(99) })).status).toBe(200);
  });

  it('counts what people write as throughput', async () => {
    for (let i = 0; i < 30; i += 1) await simulator.call('POST', '/_sim/inbound', { from: somebody(i), text: 'hello' });

    expect((await burst(80, somebody)).filter((a) => a.status === 200)).toHaveLength(50);
  });

  it('keeps the throughput of numbers apart', async () => {
    await burst(80, somebody);

    expect((await simulator.send({ to: somebody(1) }, OTHER_NUMBER)).status).toBe(200);
  });

  it('refuses the 46th message to one person with 131056', async () => {
    const answers = await burst(46, () => somebody(7));

    expect(answers.filter((a) => a.status === 200)).toHaveLength(45);
    expect(answers.map((a) => a.body.error?.['code']).filter((c) => c !== undefined)).toEqual([131_056]);
  });
});

describe('POST /{phone_number_id}/marketing_messages', () => {
  let simulator: TestSimulator;
  beforeAll(async () => {
    const utility = {
      wabaId: '102290129340398',
      name: 'ready',
      language: 'en',
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'Your pack is ready.' }],
    };
    const marketing = { ...utility, name: 'hello', category: 'MARKETING' };
    simulator = await TestSimulator.start({ templates: [utility, marketing] });
  });
  afterAll(() => simulator.stop());
  const post = (over: Record<string, unknown>): Promise<Answer> =>
    simulator.graph('POST', `${NUMBER}/marketing_messages`, {
      messaging_product: 'whatsapp',
      to: PERSON,
      type: 'template',
      template: templateWith([], 'hello'),
      ...over,
    });

  it('takes a marketing template and prices it as such', async () => {
    expect((await post({ product_policy: 'CLOUD_API_FALLBACK', message_activity_sharing: true })).status).toBe(200);

    await simulator.pass(60_000);
    expect(simulator.callback.statuses[0]?.['pricing']).toMatchObject({ category: 'marketing_lite' });
  });

  it.each([
    ['a utility template', { template: templateWith([], 'ready') }, 134_100],
    ['a text', { type: 'text', text: { body: 'x' } }, 131_055],
    ['an unknown policy', { product_policy: 'MAYBE' }, 100],
  ])('refuses %s', async (_, over, code) => expect((await post(over)).body.error?.['code']).toBe(code));
});
