import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseWebhook } from './parse-webhook.js';
import type { WebhookEvent } from './webhook-event.js';

const WABA = '102290129340398';
const METADATA = { display_phone_number: '911140000000', phone_number_id: '106540352242922' };

const body = (field: string, value: unknown): string =>
  JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: WABA, time: 1_750_000_000, changes: [{ field, value }] }] });
const eventsOf = (field: string, value: unknown): WebhookEvent[] => parseWebhook(body(field, value));
const messagesValue = (over: Record<string, unknown>) => ({ messaging_product: 'whatsapp', metadata: METADATA, ...over });
const inbound = (message: Record<string, unknown>, contacts: unknown = [{ wa_id: '919812345678', profile: { name: 'Asha' } }]) =>
  eventsOf(
    'messages',
    messagesValue({ contacts, messages: [{ from: '919812345678', id: 'wamid.A', timestamp: '1750000001', ...message }] }),
  )[0];

describe('statuses', () => {
  const status = (over: Record<string, unknown>) =>
    eventsOf(
      'messages',
      messagesValue({ statuses: [{ id: 'wamid.A', status: 'sent', timestamp: '1750000001', recipient_id: '919812345678', ...over }] }),
    )[0];

  it('bring back the reference, the stamp and the price', () => {
    expect(
      status({
        biz_opaque_callback_data: 'd.main.x.1.7',
        pricing: { billable: true, category: 'marketing', pricing_model: 'PMP', type: 'regular' },
      }),
    ).toMatchObject({
      kind: 'status',
      wabaId: WABA,
      phoneNumberId: METADATA.phone_number_id,
      entryAtMs: 1_750_000_000_000,
      wamid: 'wamid.A',
      status: 'sent',
      knownStatus: 'sent',
      occurredAtMs: 1_750_000_001_000,
      recipientWaId: '919812345678',
      reference: 'd.main.x.1.7',
      errors: [],
      billable: true,
      pricingCategory: 'marketing',
      pricingModel: 'PMP',
      pricingType: 'regular',
    });
  });

  it.each(['131049', 131049])('carry the meaning of their errors, code written as %j', (code) => {
    expect(status({ status: 'failed', errors: [{ code, title: 'x', error_data: { details: 'y' } }] })).toMatchObject({
      errors: [{ code: 131049, title: 'x', details: 'y', meaning: { class: 'recipient-cooldown', ambiguous: false } }],
    });
  });

  it('keep a word that is not known yet, and what this release does not read', () => {
    expect(status({ status: 'teleported', novelty: { a: 1 } })).toMatchObject({
      kind: 'status',
      status: 'teleported',
      knownStatus: null,
      raw: { novelty: { a: 1 } },
    });
  });

  it.each(['parent_recipient_user_id', 'recipient_parent_user_id'])('read ids of people without a number, parent as %s', (spelling) => {
    expect(status({ recipient_id: undefined, recipient_user_id: 'IN.1', [spelling]: 'IN.ENT.1' })).toMatchObject({
      recipientWaId: null,
      recipientUserId: 'IN.1',
      recipientParentUserId: 'IN.ENT.1',
    });
  });

  it('keep their order, and each survives its neighbour', () => {
    const events = eventsOf(
      'messages',
      messagesValue({ statuses: [{ id: 'wamid.A', status: 'read' }, null, 7, { status: 'sent' }, { id: 'wamid.B', status: 'sent' }] }),
    );

    expect(events.map((e) => (e.kind === 'status' ? e.wamid : `${e.kind} ${e.field}`))).toEqual([
      'wamid.A',
      ...Array(3).fill('unknown messages.statuses'),
      'wamid.B',
    ]);
  });
});

describe('what people write', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['a text', { type: 'text', text: { body: 'बंद करो' } }, { type: 'text', text: 'बंद करो', profileName: 'Asha', fromWaId: '919812345678' }],
    [
      'a tap on a template’s button',
      { type: 'button', button: { payload: 'STOP', text: 'Stop' }, context: { id: 'wamid.Z' } },
      { text: 'Stop', buttonPayload: 'STOP', contextWamid: 'wamid.Z' },
    ],
    [
      'a tap on a reply button',
      { type: 'interactive', interactive: { type: 'button_reply', button_reply: { id: 'PACK', title: 'More' } } },
      { text: 'More', buttonPayload: 'PACK' },
    ],
    [
      'a choice from a list',
      { type: 'interactive', interactive: { type: 'list_reply', list_reply: { id: 'hi', title: 'Hindi' } } },
      { text: 'Hindi', buttonPayload: 'hi' },
    ],
    [
      'an answer to a flow',
      { type: 'interactive', interactive: { type: 'nfm_reply', nfm_reply: { response_json: '{}' } } },
      { type: 'interactive', text: null, buttonPayload: null },
    ],
    [
      'an image',
      { type: 'image', image: { id: 'm1', mime_type: 'image/jpeg', sha256: 'ab', caption: 'STOP' } },
      { text: null, media: { id: 'm1', mediaType: 'image/jpeg', sha256: 'ab', caption: 'STOP' } },
    ],
    ['a reaction', { type: 'reaction', reaction: { message_id: 'wamid.Z', emoji: '👍' } }, { contextWamid: 'wamid.Z', text: null }],
    ['what the API cannot show', { type: 'unsupported', errors: [{ code: 131051 }] }, { type: 'unsupported', errors: [{ code: 131051 }] }],
    ['a type of tomorrow', { type: 'hologram', hologram: { id: 1 } }, { type: 'hologram', text: null, raw: { hologram: { id: 1 } } }],
    ['a type without its part', { type: 'text' }, { type: 'text', text: null }],
    [
      'nobody’s number, only an id',
      { from: undefined, from_user_id: 'IN.1', type: 'text', text: { body: 'hi' } },
      { fromWaId: null, fromUserId: 'IN.1' },
    ],
  ])('%s', (_case, message, expected) => {
    expect(inbound(message)).toMatchObject({ kind: 'inbound', wamid: 'wamid.A', occurredAtMs: 1_750_000_001_000, ...expected });
  });

  it('is named after its own contact', () => {
    const contacts = [
      { wa_id: '917000000001', profile: { name: 'Not them' } },
      { wa_id: '919812345678', profile: { name: 'Asha' } },
    ];

    expect(inbound({ type: 'text', text: { body: 'hi' } }, contacts)).toMatchObject({ profileName: 'Asha' });
    expect(inbound({ type: 'text', text: { body: 'hi' } }, null)).toMatchObject({ profileName: null });
  });

  it('is not what WhatsApp itself tells about a person', () => {
    expect(inbound({ type: 'system', system: { type: 'user_changed_number', wa_id: '917000000001', user_id: 'IN.2' } })).toMatchObject({
      kind: 'system',
      event: 'user_changed_number',
      fromWaId: '919812345678',
      newWaId: '917000000001',
      newUserId: 'IN.2',
    });
  });
});

describe('one change with several members', () => {
  it('tells statuses first, then messages, then errors, and keeps every other member', () => {
    const events = eventsOf(
      'messages',
      messagesValue({
        calls: [{ event: 'x' }],
        messages: [{ id: 'wamid.B', type: 'text' }],
        errors: [{ code: 131052 }],
        statuses: [{ id: 'wamid.A', status: 'sent' }],
      }),
    );

    expect(events.map((e) => `${e.kind} ${e.field}`)).toEqual([
      'status messages',
      'inbound messages',
      'errors messages',
      'unknown messages.calls',
    ]);
    expect(events[3]).toMatchObject({ phoneNumberId: METADATA.phone_number_id, raw: { item: [{ event: 'x' }] } });
  });
});

describe('templates', () => {
  const ofTemplate = { message_template_id: 1689556908129832, message_template_name: 'daily_pack_v1', message_template_language: 'hi' };

  it.each([
    ['absent', {}, null],
    ['null', { reason: null }, null],
    ['NONE', { reason: 'NONE' }, null],
    ['given', { reason: 'INCORRECT_CATEGORY' }, 'INCORRECT_CATEGORY'],
  ])('a reason that is %s', (_case, over, reason) => {
    expect(eventsOf('message_template_status_update', { event: 'rejected', ...ofTemplate, ...over })[0]).toMatchObject({
      kind: 'template-status',
      status: 'REJECTED',
      reason,
      templateId: '1689556908129832',
    });
  });

  it('a pause says which, a disabling when', () => {
    expect(
      eventsOf('message_template_status_update', {
        event: 'PAUSED',
        ...ofTemplate,
        other_info: { title: 'SECOND_PAUSE', description: 'six hours' },
        disable_info: { disable_date: 1723046400 },
      })[0],
    ).toMatchObject({ pauseTitle: 'SECOND_PAUSE', pauseDescription: 'six hours', disableDate: '1723046400' });
  });

  it('ids above 2^53 come out as they were written', () => {
    const text = body('message_template_status_update', { event: 'APPROVED', ...ofTemplate }).replace(
      '1689556908129832',
      '12200000000000000123',
    );

    expect(parseWebhook(text)[0]).toMatchObject({ templateId: '12200000000000000123' });
    expect(parseWebhook(Buffer.from(text))[0]).toMatchObject({
      templateId: '12200000000000000123',
      raw: { message_template_id: '12200000000000000123' },
    });
  });

  it('a quality update is one also under the status field, where Meta documents it', () => {
    for (const field of ['message_template_quality_update', 'message_template_status_update']) {
      expect(eventsOf(field, { ...ofTemplate, previous_quality_score: 'GREEN', new_quality_score: 'RED' })[0]).toMatchObject({
        kind: 'template-quality',
        previousScore: 'GREEN',
        newScore: 'RED',
        field,
      });
    }
  });

  it('a category warns before it changes, and then changes', () => {
    expect(
      eventsOf('template_category_update', {
        ...ofTemplate,
        new_category: 'UTILITY',
        correct_category: 'MARKETING',
        category_update_timestamp: 1_750_086_400,
      })[0],
    ).toMatchObject({
      kind: 'template-category',
      newCategory: 'UTILITY',
      correctCategory: 'MARKETING',
      effectiveAtMs: 1_750_086_400_000,
    });
    expect(
      eventsOf('template_category_update', { ...ofTemplate, previous_category: 'UTILITY', new_category: 'MARKETING' })[0],
    ).toMatchObject({ previousCategory: 'UTILITY', correctCategory: null });
  });

  it('edited components ask for another read', () => {
    expect(eventsOf('message_template_components_update', ofTemplate)[0]).toMatchObject({
      kind: 'template-components',
      templateName: 'daily_pack_v1',
      templateLanguage: 'hi',
    });
  });
});

describe('numbers and accounts', () => {
  it.each<[string, string, Record<string, unknown>, Record<string, unknown>]>([
    [
      'a raised throughput',
      'phone_number_quality_update',
      { display_phone_number: '911140000000', event: 'THROUGHPUT_UPGRADE', max_daily_conversations_per_business: 'TIER_UNLIMITED' },
      { kind: 'phone-number-quality', displayPhoneNumber: '911140000000', event: 'THROUGHPUT_UPGRADE', messagingLimit: 'TIER_UNLIMITED' },
    ],
    [
      'an older quality body',
      'phone_number_quality_update',
      { event: 'FLAGGED', current_limit: 'TIER_10K' },
      { event: 'FLAGGED', messagingLimit: 'TIER_10K' },
    ],
    [
      'a declined name',
      'phone_number_name_update',
      { decision: 'REJECTED', requested_verified_name: 'Daybreak', rejection_reason: 'x' },
      { kind: 'phone-number-name', decision: 'REJECTED', requestedName: 'Daybreak', rejectionReason: 'x' },
    ],
    ['a review', 'account_review_update', { decision: 'APPROVED' }, { kind: 'account-review', decision: 'APPROVED' }],
    [
      'an alert',
      'account_alerts',
      { entity_type: 'BUSINESS', entity_id: 123, alert_info: { alert_type: 'OBA_APPROVED', alert_severity: 'INFORMATIONAL' } },
      { kind: 'account-alert', entityId: '123', alertType: 'OBA_APPROVED', severity: 'INFORMATIONAL' },
    ],
    [
      'a flat alert',
      'account_alerts',
      { alert_type: 'OBA_APPROVED', alert_status: 'ACTIVE' },
      { alertType: 'OBA_APPROVED', alertStatus: 'ACTIVE' },
    ],
    [
      'a changed PIN',
      'security',
      { display_phone_number: '911140000000', event: 'PIN_CHANGED', requester: '77' },
      { kind: 'security', event: 'PIN_CHANGED', requester: '77' },
    ],
  ])('%s', (_case, field, value, expected) => {
    expect(eventsOf(field, value)).toMatchObject([expected]);
  });

  it.each<[unknown, number | null]>([
    ['TIER_250', 250],
    ['TIER_2K', 2_000],
    ['TIER_100K', 100_000],
    ['TIER_UNLIMITED', -1],
    [2_000, 2_000],
    ['2000', 2_000],
    [-1, -1],
    ['TIER_OF_TOMORROW', null],
    [null, null],
  ])('a messaging limit of %j is %j', (limit, messagingLimit) => {
    expect(
      eventsOf('business_capability_update', { max_daily_conversations_per_business: limit, max_phone_numbers_per_waba: 25 })[0],
    ).toMatchObject({ kind: 'business-capability', messagingLimit, maxPhoneNumbers: 25 });
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    [
      'a ban',
      { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'DISABLE', waba_ban_date: 'November 24, 2026' } },
      { effect: 'halt', banStates: ['DISABLE'], banDate: 'November 24, 2026' },
    ],
    [
      'a ban written as a list',
      { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: ['SCHEDULE_FOR_DISABLE', 'REINSTATE'] } },
      { effect: 'halt', banStates: ['SCHEDULE_FOR_DISABLE', 'REINSTATE'] },
    ],
    ['a ban that says nothing', { event: 'DISABLED_UPDATE' }, { effect: 'halt', banStates: [] }],
    ['the end of a ban', { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'REINSTATE' } }, { effect: 'resume-after-check' }],
    ['a deletion', { event: 'ACCOUNT_DELETED' }, { effect: 'halt' }],
    [
      'no more templates',
      {
        event: 'ACCOUNT_RESTRICTION',
        restriction_info: [{ restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING', expiration: 1_750_086_400 }],
      },
      { effect: 'halt', restrictions: [{ type: 'RESTRICTED_BIZ_INITIATED_MESSAGING', expiresAtMs: 1_750_086_400_000 }] },
    ],
    [
      'a lesser restriction',
      { event: 'ACCOUNT_RESTRICTION', restriction_info: { restriction_type: 'RESTRICTED_ADD_PHONE_NUMBER_ACTION' } },
      { effect: 'restrict' },
    ],
    ['a violation', { event: 'ACCOUNT_VIOLATION', violation_info: { violation_type: 'SCAM' } }, { effect: 'info', violationType: 'SCAM' }],
    ['an event named like a member of every object', { event: 'constructor' }, { effect: 'info' }],
  ])('an account update: %s', (_case, value, expected) => {
    expect(eventsOf('account_update', value)).toMatchObject([{ kind: 'account-update', ...expected }]);
  });
});

describe('what people decide', () => {
  it('is one event per preference, with the stamp that decides which is newer', () => {
    const preference = { wa_id: '919812345678', category: 'marketing_messages', detail: 'x' };

    expect(
      eventsOf('user_preferences', {
        metadata: METADATA,
        user_preferences: [
          { ...preference, value: 'resume', timestamp: 1_750_000_100 },
          { ...preference, value: 'stop', timestamp: 1_750_000_000 },
        ],
      }),
    ).toMatchObject([
      {
        kind: 'user-preferences',
        waId: '919812345678',
        phoneNumberId: METADATA.phone_number_id,
        category: 'marketing_messages',
        value: 'resume',
        occurredAtMs: 1_750_000_100_000,
      },
      { value: 'stop', occurredAtMs: 1_750_000_000_000 },
    ]);
  });

  it('follows them to a new id', () => {
    expect(
      eventsOf('user_id_update', {
        user_id_update: [{ wa_id: '919812345678', user_id: { previous: 'IN.1', current: 'IN.2' }, timestamp: '1750000000' }],
      }),
    ).toMatchObject([
      { kind: 'user-id-update', waId: '919812345678', previousUserId: 'IN.1', currentUserId: 'IN.2', occurredAtMs: 1_750_000_000_000 },
    ]);
  });
});

describe('what is not as documented', () => {
  it.each([
    'null',
    '[]',
    '7',
    '"x"',
    '{}',
    '{"object":"page","entry":[{}]}',
    '{"object":"whatsapp_business_account"}',
    '{"object":"whatsapp_business_account","entry":null}',
    '{"object":"whatsapp_business_account","entry":[null,7,[]]}',
  ])('%s has no events', (text) => {
    expect(parseWebhook(text)).toEqual([]);
  });

  it.each<[string, unknown, Record<string, unknown>]>([
    ['a field of tomorrow', { field: 'weather_update', value: { rain: true } }, { field: 'weather_update', raw: { rain: true } }],
    ['a field named like a member of every object', { field: 'constructor', value: { a: 1 } }, { field: 'constructor', raw: { a: 1 } }],
    ['a value that is null', { field: 'messages', value: null }, { field: 'messages', raw: { field: 'messages', value: null } }],
    ['a value that is a list', { field: 'messages', value: [1] }, { field: 'messages', raw: { value: [1] } }],
    ['a change that is no object', 'odd', { field: 'none', raw: { item: 'odd' } }],
  ])('%s survives as data', (_case, change, expected) => {
    const text = JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: WABA, changes: [change] }] });

    expect(parseWebhook(text)).toMatchObject([{ kind: 'unknown', wabaId: WABA, ...expected }]);
  });

  it('bytes that are not JSON can never succeed; the error quotes nothing of them', () => {
    expect(() => parseWebhook('{"to":"919812345678')).toThrow(
      expect.objectContaining({ message: 'The webhook body is not JSON.', retry: { kind: 'drop' } }),
    );
  });

  it('no JSON whatever makes it throw, and ids and kinds are always text', () => {
    const fields = fc.constantFrom(
      'messages',
      'account_update',
      'account_alerts',
      'business_capability_update',
      'user_preferences',
      'user_id_update',
      'security',
      'phone_number_name_update',
      'phone_number_quality_update',
      'message_template_status_update',
      'template_category_update',
      'x',
    );
    const members = fc.constantFrom(
      'statuses',
      'messages',
      'errors',
      'contacts',
      'metadata',
      'event',
      'ban_info',
      'restriction_info',
      'alert_info',
      'user_preferences',
      'user_id_update',
      'other_info',
      'new_category',
      'calls',
    );
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.dictionary(
        members,
        fc.oneof(
          fc.jsonValue({ maxDepth: 2 }),
          fc.array(
            fc.dictionary(
              fc.constantFrom('id', 'status', 'type', 'errors', 'pricing', 'text', 'timestamp', 'from', 'system'),
              fc.jsonValue({ maxDepth: 2 }),
            ),
          ),
        ),
      ),
    );
    fc.assert(
      fc.property(fc.array(fc.record({ field: fields, value })), (changes) => {
        const events = parseWebhook(JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: 1, changes }] }));

        for (const event of events) expect([typeof event.kind, event.wabaId, typeof event.raw]).toEqual(['string', '1', 'object']);
      }),
    );
  });

  it('reads a thousand updates of one POST in order', () => {
    const statuses = Array.from({ length: 1_000 }, (_, i) => ({ id: `wamid.${i}`, status: 'sent', timestamp: '1750000000' }));

    expect(eventsOf('messages', messagesValue({ statuses })).map((e) => (e.kind === 'status' ? e.wamid : ''))).toEqual(
      statuses.map((s) => s.id),
    );
  });
});
