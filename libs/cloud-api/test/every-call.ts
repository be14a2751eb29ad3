import type { CloudApiClient } from '../src/client/cloud-api-client.js';
import { buttonsMessage, imageMessage, listMessage, templateMessage, textMessage } from '../src/messages/message-builders.js';

export const IDS = {
  phonenumberid: '106540352242922',
  wabaid: '102290129340398',
  templateid: '1689556908129832',
  mediaid: '2621233374848975',
  appid: '770000000000077',
  uploadid: 'upload:MTphd',
} as const;

const { phonenumberid: number, wabaid: waba, templateid: template, mediaid: media } = IDS;
const to = '+919812345678';
const biz_opaque_callback_data = 'd.main-20261124-0600.0b9c.1.7';
const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const components = [
  { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['4::aW'] } },
  { type: 'BODY', text: 'Your pack for {{1}} is here, good morning.', example: { body_text: [['24 Nov']] } },
  { type: 'FOOTER', text: 'Reply STOP to end' },
  { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'More images' }] },
];

/** Every request this client can make, under the name of its endpoint. */
export const EVERY_CALL: readonly (readonly [endpoint: string, make: (client: CloudApiClient) => Promise<unknown>])[] = [
  [
    'POST /{phonenumberid}/messages',
    (c) => c.sendMessage(number, templateMessage({ to, template: 'daily_pack_v1', language: 'hi', biz_opaque_callback_data })),
  ],
  [
    'POST /{phonenumberid}/messages',
    (c) =>
      c.sendMessage(
        number,
        templateMessage({
          to,
          template: 'daily_pack_v1',
          language: 'hi',
          headerImageId: media,
          bodyParameters: ['24 Nov'],
          buttons: [
            { index: 0, type: 'quick_reply', payload: 'PACK' },
            { index: 1, type: 'url', suffix: 'today' },
          ],
        }),
      ),
  ],
  [
    'POST /{phonenumberid}/messages',
    (c) =>
      c.sendMessage(
        number,
        templateMessage({
          to,
          template: 't',
          language: 'en',
          header: { type: 'video', media: { link: 'https://cdn.example.in/v.mp4' } },
          bodyParameters: { date: '24 Nov' },
        }),
      ),
  ],
  [
    'POST /{phonenumberid}/messages',
    (c) =>
      c.sendMessage(
        number,
        templateMessage({ to, template: 't', language: 'en', header: { type: 'document', media: { id: media }, filename: 'pack.pdf' } }),
      ),
  ],
  [
    'POST /{phonenumberid}/messages',
    (c) => c.sendMessage(number, templateMessage({ to, template: 't', language: 'en', header: { type: 'text', text: 'Today' } })),
  ],
  [
    'POST /{phonenumberid}/messages',
    (c) => c.sendMessage(number, textMessage({ to, body: 'Noted.', replyToWamid: 'wamid.A', biz_opaque_callback_data })),
  ],
  ['POST /{phonenumberid}/messages', (c) => c.sendMessage(number, imageMessage({ to, image: { id: media } }))],
  [
    'POST /{phonenumberid}/messages',
    (c) =>
      c.sendMessage(number, buttonsMessage({ to, body: 'More?', footer: 'Daybreak', buttons: [{ id: 'PACK', title: 'More images' }] })),
  ],
  [
    'POST /{phonenumberid}/messages',
    (c) =>
      c.sendMessage(
        number,
        listMessage({
          to,
          body: 'Language?',
          button: 'Choose',
          sections: [{ title: 'All', rows: [{ id: 'hi', title: 'हिन्दी', description: 'Hindi' }] }],
        }),
      ),
  ],
  ['POST /{phonenumberid}/messages', (c) => c.markRead(number, 'wamid.A')],
  ['POST /{phonenumberid}/messages', (c) => c.markRead(number, 'wamid.A', true)],
  [
    'POST /{phonenumberid}/marketing_messages',
    (c) =>
      c.sendMarketingMessage(number, {
        messaging_product: 'whatsapp',
        recipient_type: 'individual',
        to,
        type: 'template',
        template: { name: 'daily_pack_v1', language: { code: 'hi' } },
        product_policy: 'STRICT',
        message_activity_sharing: false,
      }),
  ],
  ['POST /{phonenumberid}/media', (c) => c.uploadMedia(number, { bytes: png, mediaType: 'image/png' })],
  ['GET /{mediaid}', (c) => c.getMedia(media, number)],
  ['DELETE /{mediaid}', (c) => c.deleteMedia(media, number)],
  ['POST /{appid}/uploads', (c) => c.uploadHeaderSample({ bytes: png, mediaType: 'image/png', filename: 'sample.png' })],
  ['GET /{wabaid}/message_templates', (c) => c.listTemplates(waba, { name: 'daily_pack_v1' })],
  [
    'POST /{wabaid}/message_templates',
    (c) => c.createTemplate(waba, { name: 'daily_pack_v2', language: 'en', category: 'UTILITY', components }),
  ],
  ['DELETE /{wabaid}/message_templates', (c) => c.deleteTemplate(waba, 'daily_pack_v1', template)],
  ['GET /{templateid}', (c) => c.getTemplate(waba, template)],
  ['POST /{templateid}', (c) => c.editTemplate(waba, template, { components })],
  ['POST /{templateid}/unpause', (c) => c.unpauseTemplate(waba, template)],
  ['GET /{wabaid}/phone_numbers', (c) => c.listPhoneNumbers(waba)],
  ['GET /{phonenumberid}', (c) => c.getPhoneNumber(number)],
  ['GET /{phonenumberid}', (c) => c.getHealth(number)],
  [
    'POST /{phonenumberid}',
    (c) =>
      c.updatePhoneNumber(number, { webhook_configuration: { override_callback_uri: 'https://hooks.example.in/wa', verify_token: 'v' } }),
  ],
  ['POST /{phonenumberid}/register', (c) => c.registerPhoneNumber(number, '123456', 'IN')],
  ['POST /{phonenumberid}/deregister', (c) => c.deregisterPhoneNumber(number)],
  ['GET /{phonenumberid}/message_history', (c) => c.getMessageHistory(number, 'wamid.A')],
  ['GET /{phonenumberid}/whatsapp_business_profile', (c) => c.getBusinessProfile(number)],
  ['POST /{phonenumberid}/whatsapp_business_profile', (c) => c.updateBusinessProfile(number, { about: 'Markets at six' })],
  ['GET /{wabaid}', (c) => c.getWaba(waba)],
  ['GET /{wabaid}/subscribed_apps', (c) => c.getSubscribedApps(waba)],
  ['POST /{wabaid}/subscribed_apps', (c) => c.subscribe(waba)],
  ['POST /{wabaid}/subscribed_apps', (c) => c.subscribe(waba, { callbackUrl: 'https://hooks.example.in/wa', verifyToken: 'v' })],
  ['DELETE /{wabaid}/subscribed_apps', (c) => c.unsubscribe(waba)],
  ['GET /{appid}/subscriptions', (c) => c.getAppSubscriptions()],
  [
    'POST /{appid}/subscriptions',
    (c) => c.setAppSubscription({ callbackUrl: 'https://hooks.example.in/wa', verifyToken: 'v', fields: ['messages'] }),
  ],
  ['DELETE /{appid}/subscriptions', (c) => c.deleteAppSubscription()],
  ['GET /debug_token', (c) => c.debugToken('token-a')],
  ['GET /oauth/access_token', (c) => c.refreshToken('token-a')],
];

const done = { success: true };
const accepted = { messaging_product: 'whatsapp', contacts: [{ input: to, wa_id: '919812345678' }], messages: [{ id: 'wamid.A' }] };
const paging = { cursors: { before: 'QVFIUm', after: 'QVFIUk' } };

/** The good answer that the client is built to read, for every endpoint. */
export const EVERY_ANSWER: Readonly<Record<string, object>> = {
  'POST /{phonenumberid}/messages': accepted,
  'POST /{phonenumberid}/marketing_messages': { ...accepted, messages: [{ id: 'wamid.A', message_status: 'held_for_quality_assessment' }] },
  'POST /{phonenumberid}/media': { id: media },
  'GET /{mediaid}': {
    messaging_product: 'whatsapp',
    id: media,
    url: 'https://lookaside.fbsbx.com/x',
    mime_type: 'image/png',
    sha256: 'ab',
    file_size: '8',
  },
  'DELETE /{mediaid}': done,
  'POST /{appid}/uploads': { id: IDS.uploadid },
  'GET /{uploadid}': { id: IDS.uploadid, file_offset: 4 },
  'POST /{uploadid}': { h: '4::aW' },
  'GET /{wabaid}/message_templates': {
    data: [{ id: template, name: 'daily_pack_v1', language: 'en_US', status: 'APPROVED', category: 'UTILITY', components }],
    paging,
  },
  'POST /{wabaid}/message_templates': { id: template, status: 'PENDING', category: 'UTILITY' },
  'DELETE /{wabaid}/message_templates': done,
  'GET /{templateid}': { id: template, name: 'daily_pack_v1', language: 'en_US', status: 'APPROVED', category: 'UTILITY', components },
  'POST /{templateid}': done,
  'POST /{templateid}/unpause': done,
  'GET /{wabaid}/phone_numbers': {
    data: [{ id: number, display_phone_number: '+91 11 4000 0000', verified_name: 'Daybreak', status: 'LINKED', quality_rating: 'GREEN' }],
    paging,
  },
  'GET /{phonenumberid}': {
    id: number,
    display_phone_number: '+91 11 4000 0000',
    verified_name: 'Daybreak',
    quality_rating: 'GREEN',
    name_status: 'APPROVED',
    health_status: {
      can_send_message: 'AVAILABLE',
      entities: [{ entity_type: 'PHONE_NUMBER', id: number, can_send_message: 'AVAILABLE' }],
    },
  },
  'POST /{phonenumberid}': done,
  'POST /{phonenumberid}/register': done,
  'POST /{phonenumberid}/deregister': done,
  'GET /{phonenumberid}/message_history': {
    data: [{ id: '1', message_id: 'wamid.A', events: { data: [{ id: '2', delivery_status: 'SENT', timestamp: 1_750_000_000 }] } }],
    paging,
  },
  'GET /{phonenumberid}/whatsapp_business_profile': {
    data: [{ business_profile: { messaging_product: 'whatsapp', about: 'Markets at six' } }],
  },
  'POST /{phonenumberid}/whatsapp_business_profile': done,
  'GET /{wabaid}': { id: waba, name: 'Daybreak', timezone_id: '71', account_review_status: 'APPROVED' },
  'GET /{wabaid}/subscribed_apps': {
    data: [{ whatsapp_business_api_data: { id: IDS.appid, name: 'Daybreak', link: 'https://www.facebook.com/games/?app_id=77' } }],
  },
  'POST /{wabaid}/subscribed_apps': done,
  'DELETE /{wabaid}/subscribed_apps': done,
  'GET /{appid}/subscriptions': {
    data: [
      {
        object: 'whatsapp_business_account',
        callback_url: 'https://hooks.example.in/wa',
        active: true,
        fields: [{ name: 'messages', version: 'v24.0' }],
      },
    ],
  },
  'POST /{appid}/subscriptions': done,
  'DELETE /{appid}/subscriptions': done,
  'GET /debug_token': {
    data: {
      is_valid: true,
      app_id: IDS.appid,
      expires_at: 0,
      scopes: ['whatsapp_business_messaging'],
      granular_scopes: [{ scope: 'whatsapp_business_messaging', target_ids: [waba] }],
    },
  },
  'GET /oauth/access_token': { access_token: 'EAAG-renewed', token_type: 'bearer', expires_in: 5_184_000 },
};

/** The endpoint of a request, by the ids in it. */
export function endpointOfRequest(method: string, path: string): string {
  const plain = decodeURIComponent(path).replace(/^\/v[\d.]+/, '');
  return `${method} ${Object.entries(IDS).reduce((at, [name, id]) => at.replace(id, `{${name}}`), plain)}`;
}
