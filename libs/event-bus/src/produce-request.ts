/** One request of kafkajs to a broker, as its own encoder is given it. */
export interface ProduceRequest {
  readonly acks: number;
  readonly timeout: number;
  readonly transactionalId?: string | null | undefined;
  /** A 64-bit integer, in any of the ways kafkajs writes one. */
  readonly producerId?: { toString(): string } | undefined;
  readonly producerEpoch?: number | undefined;
  /** 0: none. */
  readonly compression?: number | undefined;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly firstSequence: number; readonly messages: readonly Message[] }[];
  }[];
}

interface Message {
  readonly key?: string | Buffer | null;
  readonly value: string | Buffer | null;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly timestamp?: unknown;
}

type Checksum = (bytes: Buffer) => number;

const MAGIC = 2;
const NO_PRODUCER = -1;
const FIRST_BYTES = 16_384;
const LONGEST_VARINT = 5;
const LONG_TEXT = 64;
const USUAL_RECORD_BYTES = 500; // its length takes two bytes, and so nothing has to move

/** What `encodeProduceRequest` can write: all that this library sends. Compression, instants and headers of other kinds are left to kafkajs. */
export const isPlain = ({ compression = 0, topicData }: ProduceRequest): boolean =>
  compression === 0 && topicData.every(({ partitions }) => partitions.every(({ messages }) => messages.every(isPlainMessage)));

function isPlainMessage({ timestamp, headers }: Message): boolean {
  for (const name in headers) if (typeof headers[name] !== 'string') return false;
  return timestamp === undefined;
}

/**
 * Produce request v3 and its record batches (https://kafka.apache.org/documentation/#recordbatch), front to back into one buffer.
 * @param nowMs epoch ms, whole: what the records are stamped with
 */
export function encodeProduceRequest(request: ProduceRequest, nowMs: number, checksum: Checksum): Buffer {
  const { transactionalId, acks, timeout, topicData } = request;
  const out = new Writer();
  if (transactionalId === undefined || transactionalId === null) out.int16(-1);
  else out.shortText(transactionalId);
  out.int16(acks);
  out.int32(timeout);
  out.int32(topicData.length);
  for (const { topic, partitions } of topicData) {
    out.shortText(topic);
    out.int32(partitions.length);
    for (const { partition, messages, firstSequence } of partitions) {
      out.int32(partition);
      out.withLength(() => writeBatch(out, request, messages, firstSequence, nowMs, checksum));
    }
  }
  return out.bytes();
}

function writeBatch(
  out: Writer,
  { transactionalId, producerId = NO_PRODUCER, producerEpoch = 0 }: ProduceRequest,
  messages: readonly Message[],
  firstSequence: number,
  nowMs: number,
  checksum: Checksum,
): void {
  out.int64(0n); // first offset: the broker's to give
  out.withLength(() => {
    out.int32(0); // leader epoch: not known to clients
    out.int8(MAGIC);
    out.withChecksum(checksum, () => {
      out.int16(transactionalId ? 16 : 0);
      out.int32(messages.length - 1);
      out.int64(BigInt(nowMs));
      out.int64(BigInt(nowMs));
      out.int64(BigInt(producerId.toString()));
      out.int16(producerEpoch);
      out.int32(firstSequence);
      out.int32(messages.length);
      let last: WrittenHeaders | undefined;
      for (const [index, message] of messages.entries()) {
        const lastEnd = out.position;
        out.withVarLength(() => {
          last = writeRecord(out, message, index, last, lastEnd);
        });
      }
    });
  });
}

/** Headers of a record, and how many bytes all but the first took, which are its last. */
interface WrittenHeaders {
  readonly names: readonly string[];
  readonly headers: Readonly<Record<string, unknown>>;
  readonly tailBytes: number;
}

function writeRecord(
  out: Writer,
  { key, value, headers = {} }: Message,
  index: number,
  last: WrittenHeaders | undefined,
  lastEnd: number,
): WrittenHeaders {
  out.int8(0); // attributes
  out.varint(0); // milliseconds after the batch's own instant
  out.varint(index);
  out.keyOrValue(key);
  out.keyOrValue(value);
  const names = Object.keys(headers);
  out.varint(names.length);
  let tailAt = out.position;
  for (const [nth, name] of names.entries()) {
    if (nth === 1) {
      tailAt = out.position;
      // Records of one outbox row differ in their first header only, the event's id.
      if (last && sameTail(names, headers, last)) {
        out.again(lastEnd - last.tailBytes, lastEnd);
        break;
      }
    }
    out.text(name);
    out.text(headers[name] as string);
  }
  return { names, headers, tailBytes: names.length > 1 ? out.position - tailAt : 0 };
}

function sameTail(names: readonly string[], headers: WrittenHeaders['headers'], last: WrittenHeaders): boolean {
  if (names.length !== last.names.length) return false;
  for (let nth = 1; nth < names.length; nth++) {
    const name = names[nth] as string;
    if (name !== last.names[nth] || headers[name] !== last.headers[name]) return false;
  }
  return true;
}

/** @param value not negative */
function bytesOfVarint(value: number): number {
  let bytes = 1;
  for (let rest = value >>> 6; rest > 0; rest >>>= 7) bytes += 1; // the sign takes one bit of the first seven
  return bytes;
}

/** Big-endian, into a buffer that grows. */
class Writer {
  private buffer = Buffer.allocUnsafe(FIRST_BYTES);
  private end = 0;

  bytes(): Buffer {
    return this.buffer.subarray(0, this.end);
  }

  get position(): number {
    return this.end;
  }

  /** Writes once more what stands between two positions. */
  again(from: number, to: number): void {
    this.room(to - from);
    this.buffer.copyWithin(this.end, from, to);
    this.end += to - from;
  }

  int8(value: number): void {
    this.room(1);
    this.buffer[this.end++] = value;
  }

  int16(value: number): void {
    this.room(2);
    this.end = this.buffer.writeInt16BE(value, this.end);
  }

  int32(value: number): void {
    this.room(4);
    this.end = this.buffer.writeInt32BE(value, this.end);
  }

  int64(value: bigint): void {
    this.room(8);
    this.end = this.buffer.writeBigInt64BE(value, this.end);
  }

  /** Zigzag, 32 bits. */
  varint(value: number): void {
    this.room(LONGEST_VARINT);
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    for (; rest > 0x7f; rest >>>= 7) this.buffer[this.end++] = (rest & 0x7f) | 0x80;
    this.buffer[this.end++] = rest;
  }

  shortText(text: string): void {
    const length = Buffer.byteLength(text);
    this.int16(length);
    this.room(length);
    this.end += this.buffer.write(text, this.end);
  }

  text(text: string): void {
    if (text.length > LONG_TEXT || !this.asciiText(text)) {
      const length = Buffer.byteLength(text);
      this.varint(length);
      this.room(length);
      this.end += this.buffer.write(text, this.end);
    }
  }

  keyOrValue(content: string | Buffer | null | undefined): void {
    if (content === null || content === undefined) return this.varint(-1);
    if (typeof content === 'string') return this.text(content);
    this.varint(content.length);
    this.room(content.length);
    this.buffer.set(content, this.end);
    this.end += content.length;
  }

  /** Writes the length of what is written, in four bytes before it. */
  withLength(write: () => void): void {
    const at = this.end;
    this.int32(0);
    write();
    this.buffer.writeInt32BE(this.end - at - 4, at);
  }

  /** Writes the length of what is written, as a varint before it. */
  withVarLength(write: () => void): void {
    const at = this.end;
    this.varint(USUAL_RECORD_BYTES);
    const from = this.end;
    write();
    const length = this.end - from;
    const body = at + bytesOfVarint(length);
    if (body !== from) {
      this.room(LONGEST_VARINT);
      this.buffer.copyWithin(body, from, from + length);
    }
    this.end = at;
    this.varint(length);
    this.end += length;
  }

  withChecksum(checksum: Checksum, write: () => void): void {
    const at = this.end;
    this.int32(0);
    write();
    this.buffer.writeUInt32BE(checksum(this.buffer.subarray(at + 4, this.end)), at);
  }

  /** Letter by letter, which is faster than asking Node for so few. False, and nothing written, where a letter takes more than a byte. */
  private asciiText(text: string): boolean {
    const { length } = text;
    const before = this.end;
    this.varint(length);
    this.room(length);
    const { buffer } = this;
    let at = this.end;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) {
        this.end = before;
        return false;
      }
      buffer[at++] = code;
    }
    this.end = at;
    return true;
  }

  private room(length: number): void {
    const needed = this.end + length;
    if (needed <= this.buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(2 * this.buffer.length, needed));
    this.buffer.copy(grown, 0, 0, this.end);
    this.buffer = grown;
  }
}
