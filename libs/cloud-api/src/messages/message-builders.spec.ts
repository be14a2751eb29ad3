import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buttonsMessage, imageMessage, listMessage, readReceipt, templateMessage, textMessage, toE164 } from './message-builders.js';

const to = '+919812345678';

describe('template messages', () => {
  it('carry header image, body parameters and the reference', () => {
    expect(
      templateMessage({
        to,
        template: 'daily_pack_v1',
        language: 'hi',
        headerImageId: 'm1',
        bodyParameters: ['Asha', '24 Nov'],
        biz_opaque_callback_data: 'd.main-20261124-0600.x.1.7',
      }),
    ).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to,
      biz_opaque_callback_data: 'd.main-20261124-0600.x.1.7',
      type: 'template',
      template: {
        name: 'daily_pack_v1',
        language: { code: 'hi' },
        components: [
          { type: 'header', parameters: [{ type: 'image', image: { id: 'm1' } }] },
          {
            type: 'body',
            parameters: [
              { type: 'text', text: 'Asha' },
              { type: 'text', text: '24 Nov' },
            ],
          },
        ],
      },
    });
  });

  it('name the parameters of a template that has names: without them Meta counts none', () => {
    expect(templateMessage({ to, template: 't', language: 'en', bodyParameters: { first_name: 'Asha' } })).toMatchObject({
      template: { components: [{ type: 'body', parameters: [{ type: 'text', parameter_name: 'first_name', text: 'Asha' }] }] },
    });
  });

  it('have no components when there is nothing to fill in', () => {
    expect(templateMessage({ to, template: 't', language: 'en' })).not.toHaveProperty('template.components');
    expect(templateMessage({ to, template: 't', language: 'en', bodyParameters: [] })).not.toHaveProperty('template.components');
  });

  it.each([
    [
      { type: 'video', media: { link: 'https://cdn.example.in/v.mp4' } } as const,
      { type: 'video', video: { link: 'https://cdn.example.in/v.mp4' } },
    ],
    [
      { type: 'document', media: { id: 'm2' }, filename: 'pack.pdf' } as const,
      { type: 'document', document: { id: 'm2', filename: 'pack.pdf' } },
    ],
    [{ type: 'text', text: 'Today' } as const, { type: 'text', text: 'Today' }],
  ])('can have another header: %j', (header, parameter) => {
    expect(templateMessage({ to, template: 't', language: 'en', header })).toMatchObject({
      template: { components: [{ type: 'header', parameters: [parameter] }] },
    });
  });

  it('fill in buttons by their position', () => {
    const buttons = [
      { index: 0, type: 'quick_reply', payload: 'PACK' },
      { index: 1, type: 'url', suffix: 'today' },
    ] as const;

    expect(templateMessage({ to, template: 't', language: 'en', buttons })).toMatchObject({
      template: {
        components: [
          { type: 'button', sub_type: 'quick_reply', index: '0', parameters: [{ type: 'payload', payload: 'PACK' }] },
          { type: 'button', sub_type: 'url', index: '1', parameters: [{ type: 'text', text: 'today' }] },
        ],
      },
    });
  });
});

describe('addresses', () => {
  it('always begin with a plus: without it Meta puts the sender’s country code in front', () => {
    const digits = fc.stringMatching(/^[1-9]\d{6,14}$/);
    fc.assert(fc.property(digits, fc.boolean(), (number, plus) => toE164(plus ? `+${number}` : number) === `+${number}`));
  });

  it.each(['', '+', '098123', '+0981234567', '98 123 45678', '+91-9812345678', '12345', '+1234567890123456'])(
    'refuse %j, and do not quote it',
    (bad) => {
      const attempt = () => toE164(bad);

      expect(attempt).toThrow('to: not an E.164 phone number');
    },
  );

  it('refuse a reference that Meta would not bring back', () => {
    expect(() => textMessage({ to, body: 'x', biz_opaque_callback_data: 'r'.repeat(513) })).toThrow(/longer than 512/);
  });
});

describe('free-form messages', () => {
  it('quote the message they answer', () => {
    expect(textMessage({ to, body: 'Noted.', replyToWamid: 'wamid.A' })).toMatchObject({
      type: 'text',
      context: { message_id: 'wamid.A' },
      text: { body: 'Noted.', preview_url: false },
    });
    expect(imageMessage({ to, image: { id: 'm1' }, caption: 'Status' })).toMatchObject({
      type: 'image',
      image: { id: 'm1', caption: 'Status' },
    });
    expect(imageMessage({ to, image: { id: 'm1' } })).toMatchObject({ image: { id: 'm1' } });
  });

  it('offer up to three buttons, or a list of up to ten rows', () => {
    expect(buttonsMessage({ to, body: 'More?', footer: 'Daybreak', buttons: [{ id: 'PACK', title: 'More images' }] })).toMatchObject({
      interactive: {
        type: 'button',
        footer: { text: 'Daybreak' },
        action: { buttons: [{ type: 'reply', reply: { id: 'PACK', title: 'More images' } }] },
      },
    });
    expect(
      listMessage({ to, body: 'Language?', button: 'Choose', sections: [{ rows: [{ id: 'hi', title: 'हिन्दी', description: 'Hindi' }] }] }),
    ).toMatchObject({
      interactive: {
        type: 'list',
        action: { button: 'Choose', sections: [{ rows: [{ id: 'hi', title: 'हिन्दी', description: 'Hindi' }] }] },
      },
    });
  });

  it.each<[string, () => unknown]>([
    ['an empty text', () => textMessage({ to, body: '' })],
    ['a text of 4 097 characters', () => textMessage({ to, body: 'x'.repeat(4_097) })],
    ['a caption of 1 025 characters', () => imageMessage({ to, image: { id: 'm1' }, caption: 'x'.repeat(1_025) })],
    ['no buttons', () => buttonsMessage({ to, body: 'x', buttons: [] })],
    [
      'four buttons',
      () => buttonsMessage({ to, body: 'x', buttons: Array.from({ length: 4 }, (_, i) => ({ id: String(i), title: 'x' })) }),
    ],
    ['a button label of 21 characters', () => buttonsMessage({ to, body: 'x', buttons: [{ id: '1', title: 'x'.repeat(21) }] })],
    [
      'eleven rows',
      () =>
        listMessage({
          to,
          body: 'x',
          button: 'x',
          sections: [{ rows: Array.from({ length: 11 }, (_, i) => ({ id: String(i), title: 'x' })) }],
        }),
    ],
    [
      'two sections without titles',
      () =>
        listMessage({ to, body: 'x', button: 'x', sections: [{ rows: [{ id: '1', title: 'a' }] }, { rows: [{ id: '2', title: 'b' }] }] }),
    ],
  ])('refuse %s', (_case, build) => {
    expect(build).toThrow(expect.objectContaining({ retry: { kind: 'drop' } }));
  });

  it('mark a message as read, with and without typing', () => {
    expect(readReceipt('wamid.A')).toEqual({ messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.A' });
    expect(readReceipt('wamid.A', true)).toMatchObject({ typing_indicator: { type: 'text' } });
  });
});
