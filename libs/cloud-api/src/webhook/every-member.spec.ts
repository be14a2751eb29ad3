import { describe, expect, it } from '@jest/globals';
import { parseWebhook } from './parse-webhook.js';

const eventsOf = (field: string, value: Record<string, unknown>): unknown[] =>
  parseWebhook(JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '1', changes: [{ field, value }] }] }));
const status = (over: Record<string, unknown>): unknown[] =>
  eventsOf('messages', { statuses: [{ id: 'wamid.A', status: 'sent', timestamp: '1750000001', ...over }] });
const message = (type: string, part: unknown): unknown[] =>
  eventsOf('messages', { messages: [{ id: 'wamid.A', from: '919812345678', timestamp: '1750000001', type, [type]: part }] });

/** Members that are rare, each read into one of its own; absent, null or of another type they are null. */
describe('events', () => {
  it.each<[string, (value: never) => unknown[], string, unknown, unknown]>([
    ['recipientType', (v) => status({ recipient_type: v }), 'status', 'group', 'group'],
    ['recipientParticipantId', (v) => status({ recipient_participant_id: v }), 'status', '919812345678', '919812345678'],
    ['recipientIdentityKeyHash', (v) => status({ recipient_identity_key_hash: v }), 'status', 'DF2lS5v2W6x=', 'DF2lS5v2W6x='],
    [
      'conversation',
      (v) => status({ conversation: v }),
      'status',
      { id: 'c1', expiration_timestamp: '1750000002', origin: { type: 'referral_conversion' } },
      { id: 'c1', originType: 'referral_conversion', expiresAtMs: 1_750_000_002_000 },
    ],
    [
      'replyDescription',
      (v) => message('interactive', { type: 'list_reply', list_reply: { id: '1', title: 'x', description: v } }),
      'inbound',
      'Next day',
      'Next day',
    ],
    [
      'flowResponse',
      (v) => message('interactive', { type: 'nfm_reply', nfm_reply: { response_json: v } }),
      'inbound',
      '{"a":1}',
      '{"a":1}',
    ],
    ['reactionEmoji', (v) => message('reaction', { message_id: 'wamid.B', emoji: v }), 'inbound', '👍', '👍'],
    ['changedWamid', (v) => message('edit', { original_message_id: v }), 'inbound', 'wamid.B', 'wamid.B'],
    ['changedWamid', (v) => message('revoke', { original_message_id: v }), 'inbound', 'wamid.B', 'wamid.B'],
    [
      'rejectionReason',
      (v) => eventsOf('message_template_status_update', { event: 'REJECTED', rejection_info: { reason: v } }),
      'template-status',
      'Too short.',
      'Too short.',
    ],
    [
      'rejectionAdvice',
      (v) => eventsOf('message_template_status_update', { event: 'REJECTED', rejection_info: { recommendation: v } }),
      'template-status',
      'Say more.',
      'Say more.',
    ],
    [
      'headerText',
      (v) => eventsOf('message_template_components_update', { message_template_title: v }),
      'template-components',
      'Today',
      'Today',
    ],
    [
      'bodyText',
      (v) => eventsOf('message_template_components_update', { message_template_element: v }),
      'template-components',
      'Hello',
      'Hello',
    ],
    [
      'footerText',
      (v) => eventsOf('message_template_components_update', { message_template_footer: v }),
      'template-components',
      'Bye',
      'Bye',
    ],
    [
      'previousMessagingLimit',
      (v) => eventsOf('phone_number_quality_update', { event: 'UPGRADE', old_limit: v }),
      'phone-number-quality',
      'TIER_1K',
      'TIER_1K',
    ],
    [
      'wabaInfo',
      (v) => eventsOf('account_update', { event: 'PARTNER_ADDED', waba_info: v }),
      'account-update',
      { waba_id: '2', owner_business_id: '3', partner_app_id: '4' },
      { wabaId: '2', ownerBusinessId: '3', partnerAppId: '4' },
    ],
    [
      'signupId',
      (v) => eventsOf('user_preferences', { user_preferences: [{ value: 'signup', signup_id: v }] }),
      'user-preferences',
      's1',
      's1',
    ],
  ])('have %s', (member, eventsWith, kind, written, read) => {
    expect(eventsWith(written as never)).toMatchObject([{ kind, [member]: read }]);
    for (const nothing of [undefined, null, true]) expect(eventsWith(nothing as never)).toMatchObject([{ kind, [member]: null }]);
  });

  it('have what a restriction asks for, and the buttons of a template', () => {
    expect(
      eventsOf('account_update', { event: 'ACCOUNT_RESTRICTION', restriction_info: [{ restriction_type: 'X', remediation: 'Verify.' }] }),
    ).toMatchObject([{ restrictions: [{ type: 'X', expiresAtMs: null, remediation: 'Verify.' }] }]);
    expect(
      eventsOf('message_template_components_update', {
        message_template_buttons: [
          { message_template_button_type: 'URL', message_template_button_text: 'Open', message_template_button_url: 'https://x.example' },
        ],
      }),
    ).toMatchObject([{ buttons: [{ type: 'URL', text: 'Open', url: 'https://x.example', phoneNumber: null }] }]);
    expect(eventsOf('message_template_components_update', {})).toMatchObject([{ buttons: [] }]);
  });
});
