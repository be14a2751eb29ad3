import type { OutgoingRecord } from './record-codec.js';

/** What tells the events of one bundle apart: they share their topic and all other headers. */
export interface BundledEvent {
  readonly key: string;
  /** The `ce_id` header. */
  readonly eventId: string;
  /** Null: a tombstone. */
  readonly value: Buffer | null;
}

const LENGTH_BYTES = 4;
const TOMBSTONE = 0xff_ff_ff_ff; // no value is as long: see MAX_VALUE_BYTES of the record codec
const MOST_EVENTS = 1_000;
const MOST_BYTES = 1_000_000;

/** The records of one call, in order, in parts that are not too much for one row. */
export function bundlesOf(records: readonly OutgoingRecord[]): OutgoingRecord[][] {
  const bundles: OutgoingRecord[][] = [];
  let bytes = 0;
  for (const record of records) {
    const size = record.value?.length ?? 0;
    const last = bundles.at(-1);
    if (last !== undefined && last.length < MOST_EVENTS && bytes + size <= MOST_BYTES) {
      last.push(record);
      bytes += size;
    } else {
      bundles.push([record]);
      bytes = size;
    }
  }
  return bundles;
}

/** One after the other: lengths of key, id and value (32 bits, big-endian), then the three. Keys and ids are ASCII. */
export function bundle(records: readonly OutgoingRecord[]): Buffer {
  let size = 0;
  for (const { key, headers, value } of records) size += 3 * LENGTH_BYTES + key.length + idOf(headers).length + (value?.length ?? 0);
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { key, headers, value } of records) {
    const eventId = idOf(headers);
    at = bytes.writeUInt32BE(key.length, at);
    at = bytes.writeUInt32BE(eventId.length, at);
    at = bytes.writeUInt32BE(value === null ? TOMBSTONE : value.length, at);
    at += bytes.write(key, at, 'latin1');
    at += bytes.write(eventId, at, 'latin1');
    if (value !== null) at += value.copy(bytes, at);
  }
  return bytes;
}

/** The events of a bundle, in order. Their values are views of it. */
export function unbundle(bytes: Buffer): BundledEvent[] {
  const events: BundledEvent[] = [];
  for (let at = 0; at < bytes.length;) {
    const keyLength = bytes.readUInt32BE(at);
    const idLength = bytes.readUInt32BE(at + LENGTH_BYTES);
    const valueLength = bytes.readUInt32BE(at + 2 * LENGTH_BYTES);
    const keyAt = at + 3 * LENGTH_BYTES;
    const idAt = keyAt + keyLength;
    const valueAt = idAt + idLength;
    at = valueLength === TOMBSTONE ? valueAt : valueAt + valueLength;
    events.push({
      key: bytes.toString('latin1', keyAt, idAt),
      eventId: bytes.toString('latin1', idAt, valueAt),
      value: valueLength === TOMBSTONE ? null : bytes.subarray(valueAt, at),
    });
  }
  return events;
}

const idOf = (headers: OutgoingRecord['headers']): string => headers['ce_id'] ?? '';
