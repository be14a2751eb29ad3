import { describe, expect, it } from '@jest/globals';
import { parseWebhook } from '@daybreak/cloud-api';
import { InboundKind, topics, type DeliveryStatusObserved, type InboundReceived } from '@daybreak/contracts';
import { encodeReference } from '@daybreak/delivery';
import { aPhoneNumber, aWamid, testPrivacy } from '@daybreak/testing';
import { manualClock, uuidV5 } from '@daybreak/kernel';
import { createLogger } from '@daybreak/observability';
import type { LearnPeople } from '../consent/learn-people.js';
import { PersonalData } from '../people/personal-data.js';
import { SplitWebhooks } from './split-webhook.js';

const personal = new PersonalData(testPrivacy.addressKeys, testPrivacy.wamidKeys, testPrivacy.addresses, testPrivacy.sealer);
const nowMs = 1_795_300_000_000;
const heard: [string, string][] = [];
const people = { hear: (userId: string, addressKeyOf: () => string) => heard.push([userId, addressKeyOf()]) } as unknown as LearnPeople;
const logger = createLogger('test', { level: 'silent' });
const sut = new SplitWebhooks(personal, people, manualClock(nowMs + 0.4), logger, { CONSENT_TIME_ZONE: 'Asia/Kolkata' });

const change = (field: string, value: object) => ({ field, value });
const messages = (value: object) =>
  change('messages', { metadata: { phone_number_id: '2', display_phone_number: '15550783881' }, ...value });
const split = (...changes: object[]) =>
  sut.split(parseWebhook(JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '1', time: 1_795_299_999, changes }] })));

describe(SplitWebhooks.name, () => {
  it('takes a mixed body apart: records for Kafka, messages, slips for Postgres, in the order of the body', () => {
    const from = aPhoneNumber();
    const result = split(
      messages({
        statuses: [{ id: 'wamid.s', status: 'sent', timestamp: '1795299998', recipient_id: from.slice(1) }],
        messages: [{ id: 'wamid.m', from: from.slice(1), timestamp: '1795299999', type: 'text', text: { body: 'STOP' } }],
      }),
      change('message_template_status_update', {
        event: 'PAUSED',
        message_template_id: 64244916695,
        message_template_name: 'daily_pack_v1',
        message_template_language: 'en-US',
      }),
      change('phone_number_quality_update', { display_phone_number: '15550783881', event: 'THROUGHPUT_UPGRADE' }),
      change('account_update', {
        event: 'ACCOUNT_RESTRICTION',
        restriction_info: [{ restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING', expiration: 1_795_400_000 }],
      }),
      change('group_settings_update', { anything: true }),
    );

    expect(result.records.map((r) => r.topic.name)).toEqual([
      topics.deliveryStatusObserved.name,
      topics.templateObserved.name,
      topics.phoneNumberObserved.name,
      topics.accountObserved.name,
    ]);
    expect(result.records[1]?.event).toMatchObject({
      templateId: '64244916695',
      language: 'en_US',
      observation: { case: 'status', value: 'PAUSED' },
    });
    expect(result.records[2]?.event).toMatchObject({
      displayNumberKey: testPrivacy.addressKeys.keyOf('15550783881'),
      event: 'THROUGHPUT_UPGRADE',
    });
    expect(result.records[3]?.event).toMatchObject({
      details: ['RESTRICTED_BIZ_INITIATED_MESSAGING'],
      effectiveUntil: { seconds: 1_795_400_000n },
    });
    expect(result.inbound.map((i) => i.event.wamidHash)).toEqual([testPrivacy.wamidKeys.keyOf('wamid.m')]);
    expect(result.slips.map((s) => s.kind)).toEqual(['signal', 'unhandled']);
  });

  it('keeps what names nothing that an event could be keyed by', () => {
    const result = split(change('message_template_quality_update', { new_quality_score: 'RED', previous_quality_score: 'GREEN' }));

    expect(result.records).toEqual([]);
    expect(result.slips.map((s) => s.kind)).toEqual(['unhandled']);
  });

  it('keeps the name of a field nobody knows, but no number in it', () => {
    const [slip] = split(change('calls from +919812345678', {})).slips;

    expect(slip?.kind === 'unhandled' && slip.update.field).toBe('calls from [phone]');
  });

  it('lets consent follow a changed number, whichever way WhatsApp says it', () => {
    const [from, to] = [aPhoneNumber(), aPhoneNumber()];
    const result = split(
      messages({
        messages: [
          {
            id: 'wamid.c',
            from: from.slice(1),
            timestamp: '1795299999',
            type: 'system',
            system: { type: 'user_changed_number', wa_id: to.slice(1), body: 'changed' },
          },
        ],
      }),
      change('user_id_update', {
        user_id_update: [{ wa_id: from.slice(1), user_id: { previous: 'IN.1', current: 'IN.2' }, timestamp: 1_795_299_999 }],
      }),
    );

    expect(result.inbound).toEqual([]); // nobody wrote
    expect(result.slips).toEqual([
      expect.objectContaining({
        kind: 'move',
        move: expect.objectContaining({ toAddressKey: testPrivacy.addressKeys.keyOf(to), toE164: to }),
      }),
      expect.objectContaining({
        kind: 'move',
        who: expect.objectContaining({ userId: 'IN.1' }),
        move: expect.objectContaining({ toUserId: 'IN.2' }),
      }),
    ]);
  });

  it('says of a status whose message it is about, a delivery’s or a reply’s, from the reference alone', () => {
    const id = uuidV5('one of ours');
    const statusOf = (kind: 'd' | 'r' | 't') => ({
      id: aWamid(aPhoneNumber()),
      status: 'sent',
      timestamp: '1795299998',
      recipient_id: '919800000000',
      biz_opaque_callback_data: encodeReference({ kind, runId: 'main-20261122-0600', deliveryId: id, attempt: 2, epoch: 7 }),
    });

    const { records } = split(messages({ statuses: [statusOf('d'), statusOf('r'), statusOf('t')] }));

    const named = records
      .map(({ event }) => event as DeliveryStatusObserved)
      .map(({ deliveryId, replyId, attempt }) => ({ deliveryId, replyId, attempt }));
    expect(named).toEqual([
      { deliveryId: id, replyId: '', attempt: 2 },
      { deliveryId: '', replyId: id, attempt: 2 },
      { deliveryId: '', replyId: id, attempt: 2 },
    ]);
  });

  it('keys somebody without a phone number by their message, and seals for that', () => {
    const result = split(
      messages({ messages: [{ id: 'wamid.b', from_user_id: 'IN.77', timestamp: '1795299999', type: 'text', text: { body: 'hello' } }] }),
    );
    const [only] = result.inbound;
    const event = only?.event;

    expect(event).toMatchObject({ addressKey: '', businessScopedUserId: 'IN.77', kind: InboundKind.TEXT });
    expect(topics.inboundReceived.keyOf(event as InboundReceived)).toBe(testPrivacy.wamidKeys.keyOf('wamid.b'));
  });

  it('takes a code and a stamp that nothing can hold for data', () => {
    const { records, slips } = split(
      messages({
        statuses: [
          { id: 'wamid.s', status: 'failed', timestamp: '1795299998', recipient_id: '917000000001', errors: [{ code: 5_000_000_000 }] },
          { id: 'wamid.t', status: 'sent', timestamp: '9007199254740991', recipient_id: '917000000001' },
        ],
      }),
    );

    expect(records.map((r) => r.event)).toMatchObject([{ errorCode: 2_147_483_647 }, { occurredAt: { seconds: 1_795_299_999n } }]);
    expect(slips).toEqual([]);
  });

  it('keeps, sealed, what cannot be told as an event, and hears an order in it all the same', () => {
    const body = `STOP${' '.repeat(1_000_000)}`; // no broker takes as much
    const result = split(
      messages({
        messages: [
          { id: 'wamid.m', from: '917000000001', timestamp: '1795299999', type: 'button', button: { payload: 'STOP', text: body } },
        ],
      }),
    );

    expect(result.inbound).toEqual([]);
    expect(result.slips.map((slip) => slip.kind)).toEqual(['signal', 'unhandled']);
  });

  it('hears who is named by number and by user id in one breath', () => {
    heard.length = 0;
    const both = { from: '917000000001', from_user_id: 'IN.8', timestamp: '1795299999', type: 'text', text: { body: 'hello' } };
    split(
      messages({
        statuses: [{ id: 'wamid.s', status: 'read', timestamp: '1795299998', recipient_id: '917000000002', recipient_user_id: 'IN.9' }],
        messages: [
          { id: 'wamid.m', ...both },
          { id: 'wamid.n', ...both, from: undefined },
        ],
      }),
    );

    expect(heard).toEqual([
      ['IN.9', testPrivacy.addressKeys.keyOf('+917000000002')],
      ['IN.8', testPrivacy.addressKeys.keyOf('+917000000001')],
    ]);
  });

  it('puts neither number nor wamid nor words in clear into any record', () => {
    const from = aPhoneNumber();
    const wamid = aWamid(from);
    const result = split(
      messages({
        statuses: [{ id: wamid, status: 'read', timestamp: '1795299998', recipient_id: from.slice(1) }],
        messages: [{ id: wamid, from: from.slice(1), timestamp: '1795299999', type: 'text', text: { body: `call ${from}` } }],
      }),
    );
    const events = [...result.records.map((r) => r.event), ...result.inbound.map((i) => i.event)];
    const dump = JSON.stringify(events, (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    );

    expect(dump).not.toContain(from.slice(3));
    expect(dump).not.toContain(wamid);
  });
});
