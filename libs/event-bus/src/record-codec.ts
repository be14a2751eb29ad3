import { fromBinary, fromJson, toBinary, type JsonValue, type Message } from '@bufbuild/protobuf';
import type { Topic } from '@daybreak/contracts';
import { drop, newEventId, type Violation } from '@daybreak/kernel';
import type { KafkaMessage } from 'kafkajs';
import type { Received } from './received.js';

/** A record on its way out; the topic's name is still without the namespace. */
export interface OutgoingRecord {
  readonly topic: string;
  readonly key: string;
  /** Null: a tombstone. */
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** A record whose value is no event of its topic. Says where it failed, never what was in it. */
export interface Undecodable {
  readonly partition: number;
  readonly message: KafkaMessage;
  readonly violation: Violation;
}

const PROTOBUF = 'application/protobuf';
const JSON_TYPE = /^application\/(?:[a-z.+-]+\+)?json\b/i;
const PLAIN_KEY = /^[\x21-\x7e]{1,255}$/;
// Brokers take a megabyte per batch and partition by default. An event that does not fit alone would block its outbox for ever.
const MAX_VALUE_BYTES = 900_000;

/** An event as bytes, under its key. */
export interface EncodedEvent {
  readonly key: string;
  readonly value: Buffer;
}

/** Throws for an event that no broker would take, or that its own schema cannot hold. */
export function encodeValue<T extends Message>(topic: Topic<T>, event: T): EncodedEvent {
  const key = topic.keyOf(event);
  if (!PLAIN_KEY.test(key)) throw drop(`${topic.name}: the key (${topic.keyName}) must be 1 to 255 printable ASCII characters`);
  const bytes = toBinary(topic.schema, event);
  if (bytes.length > MAX_VALUE_BYTES) throw drop(`${topic.name}: an event of ${bytes.length} bytes is more than a broker takes`);
  return { key, value: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

/** A record of an event that is already bytes. Headers that are given win over the common ones. */
export const toOutgoing = (topic: Topic, encoded: EncodedEvent, headers: Readonly<Record<string, string>>): OutgoingRecord => ({
  topic: topic.name,
  ...encoded,
  headers: { ce_id: newEventId(), ce_type: topic.name, 'content-type': PROTOBUF, schema: topic.schema.typeName, ...headers },
});

/** A record of an event. Throws as `encodeValue` does. */
export const encodeEvent = <T extends Message>(topic: Topic<T>, event: T, headers: Readonly<Record<string, string>>): OutgoingRecord =>
  toOutgoing(topic as unknown as Topic, encodeValue(topic, event), headers);

/** A record that erases a key. Throws `drop` when the topic keeps everything or the key is none. */
export function encodeTombstone<T extends Message>(
  topic: Topic<T>,
  key: string,
  headers: Readonly<Record<string, string>>,
): OutgoingRecord {
  if (topic.cleanup !== 'compact') throw drop(`${topic.name}: only a compacted topic has tombstones`);
  if (!PLAIN_KEY.test(key)) throw drop(`${topic.name}: the key (${topic.keyName}) must be 1 to 255 printable ASCII characters`);
  return { topic: topic.name, key, value: null, headers: { ce_id: newEventId(), ce_type: topic.name, ...headers } };
}

/** The only place where bytes become an event. */
export function decodeRecord(topic: Topic, partition: number, message: KafkaMessage): Received<Message> | Undecodable {
  const headers = textHeaders(message.headers);
  try {
    const event = message.value === null ? undefined : decodeValue(topic, message.value, headers['content-type'] ?? PROTOBUF);
    const key = message.key?.toString() ?? (event === undefined ? undefined : topic.keyOf(event));
    if (key === undefined) return { partition, message, violation: { field: 'key', reason: 'a tombstone without a key' } };
    return {
      key,
      eventId: headers['ce_id'] ?? `${topic.name}/${partition}/${message.offset}`,
      event,
      topic: topic.name,
      partition,
      offset: message.offset,
      timestampMs: Number(message.timestamp),
      headers,
    };
  } catch (error) {
    return { partition, message, violation: { field: fieldOf(error) ?? 'value', reason: `is not a ${topic.schema.typeName}` } };
  }
}

/** Whether a record could not be read. */
export const isUndecodable = (record: Received<Message> | Undecodable): record is Undecodable => 'violation' in record;

/** External publishers may send canonical JSON. A newer publisher may know fields that we do not. */
const decodeValue = (topic: Topic, value: Buffer, contentType: string): Message =>
  JSON_TYPE.test(contentType)
    ? fromJson(topic.schema, JSON.parse(value.toString('utf8')) as JsonValue, { ignoreUnknownFields: true })
    : fromBinary(topic.schema, value);

/** protobuf-es names the field it stumbled over, in the cause of its error; its message would quote the value. */
function fieldOf(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error) || !('field' in cause) || typeof cause.field !== 'function') return undefined;
  return (cause.field as () => { readonly name?: string } | undefined)()?.name;
}

/** Headers as text; of one that is given twice, the first. */
export function textHeaders(headers: KafkaMessage['headers']): Record<string, string> {
  const text: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) text[name] = first.toString();
  }
  return text;
}
