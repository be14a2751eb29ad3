import { create, toJson } from '@bufbuild/protobuf';
import { describe, expect, it } from '@jest/globals';
import { DeliveryPlannedSchema, RecipientUpsertedSchema, topics, type Topic } from '@daybreak/contracts';
import type { KafkaMessage } from 'kafkajs';
import { decodeRecord, encodeEvent, encodeTombstone, isUndecodable, type OutgoingRecord } from './record-codec.js';

const TOPIC = topics.recipientUpserted;
const event = create(RecipientUpsertedSchema, { recipientId: 'adv-1', tenantId: 'main', segments: ['equity'] });

const message = (over: Partial<KafkaMessage>): KafkaMessage =>
  ({
    key: Buffer.from('adv-1'),
    value: null,
    timestamp: '1700000000000',
    attributes: 0,
    offset: '41',
    headers: {},
    ...over,
  }) as KafkaMessage;
const arrived = ({ key, value, headers }: OutgoingRecord): KafkaMessage =>
  message({ key: Buffer.from(key), value, headers: Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, Buffer.from(v)])) });

const topic = TOPIC as unknown as Topic;

describe('a record', () => {
  it('comes back as the event that went in', () => {
    const record = encodeEvent(TOPIC, event, { ce_time: '2026-11-22T00:29:30.000Z' });

    expect(decodeRecord(topic, 3, arrived(record))).toEqual({
      key: 'adv-1',
      eventId: record.headers['ce_id'],
      event,
      topic: TOPIC.name,
      partition: 3,
      offset: '41',
      timestampMs: 1_700_000_000_000,
      headers: record.headers,
    });
  });

  it('says what it is in plain headers', () => {
    expect(encodeEvent(TOPIC, event, {}).headers).toEqual({
      ce_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ce_type: 'daybreak.recipient.upserted.v1',
      'content-type': 'application/protobuf',
      schema: 'daybreak.recipient.v1.RecipientUpserted',
    });
  });

  it('may be canonical JSON', () => {
    const value = Buffer.from(JSON.stringify(toJson(RecipientUpsertedSchema, event)));
    const headers = { 'content-type': Buffer.from('application/json; charset=utf-8') };

    expect(decodeRecord(topic, 0, message({ value, headers }))).toMatchObject({ event });
  });

  it('takes its key from the event where the publisher set none, and its id from where it lies', () => {
    const { value } = encodeEvent(TOPIC, event, {});

    expect(decodeRecord(topic, 2, message({ key: null, value }))).toMatchObject({ key: 'adv-1', eventId: `${TOPIC.name}/2/41` });
  });

  it('without a value is a tombstone', () => {
    expect(decodeRecord(topic, 0, message({}))).toMatchObject({ key: 'adv-1', event: undefined });
  });

  it.each([
    ['bytes of something else', { value: Buffer.from('0a0361ff', 'hex') }, 'value'],
    ['JSON that is none', { value: Buffer.from('{"recipientId":'), headers: { 'content-type': 'application/json' } }, 'value'],
    [
      'JSON with a wrong field',
      { value: Buffer.from('{"segments":"secret"}'), headers: { 'content-type': 'application/json' } },
      'segments',
    ],
    [
      'protobuf that claims to be JSON',
      { value: Buffer.from('0a03616263', 'hex'), headers: { 'content-type': 'application/json' } },
      'value',
    ],
    ['a tombstone without a key', { key: null }, 'key'],
  ])('of %s does not decode, and says so without its value', (_, over, field) => {
    const decoded = decodeRecord(topic, 0, message(over));

    expect(isUndecodable(decoded) && decoded.violation).toMatchObject({ field });
    expect(isUndecodable(decoded) && decoded.violation.reason).not.toContain('secret');
  });

  it.each(['', 'नमस्ते', 'with space', 'x'.repeat(256)])('is not sent under the key "%s"', (recipientId) => {
    expect(() => encodeEvent(TOPIC, create(RecipientUpsertedSchema, { recipientId }), {})).toThrow(/recipient_id/);
  });

  it('is not sent when no broker would take it', () => {
    const huge = create(RecipientUpsertedSchema, { recipientId: 'adv-1', segments: ['x'.repeat(900_001)] });

    expect(() => encodeEvent(TOPIC, huge, {})).toThrow(/more than a broker takes/);
  });

  it('of facts has no tombstone', () => {
    expect(() => encodeTombstone(topics.deliveryPlanned as unknown as Topic, 'd-1', {})).toThrow(/only a compacted topic/);
    expect(encodeEvent(topics.deliveryPlanned, create(DeliveryPlannedSchema, { deliveryId: 'd-1' }), {}).key).toBe('d-1');
  });
});
