import { createRequire } from 'node:module';
import { systemClock, type Clock } from '@daybreak/kernel';
import { encodeProduceRequest, isPlain, type ProduceRequest } from './produce-request.js';

/** A request as kafkajs's connection takes it; `encode` gives one of its encoders. */
interface Request {
  readonly encode: () => Promise<Encoder>;
}

type RequestOf = (request: ProduceRequest) => Request;

interface Encoder {
  readonly buffer: Buffer;
  writeBuffer(bytes: Buffer): Encoder;
}

const require = createRequire(import.meta.url);
/** Every later version of the request is this one under another number. */
const REQUEST = 'kafkajs/src/protocol/requests/produce/v3/request';

const quickened = new WeakSet<RequestOf>();

/**
 * kafkajs 2.2.4 gives every record, every header and every batch buffers of their own, half a kilobyte of zeroes each, and copies from one into
 * the next: 12 µs for a record of ours. Written front to back, the same bytes take a tenth of that. Every service publishes through this.
 * @param clock real time: what records are stamped with
 */
export function quickenEncoding(clock: Pick<Clock, 'nowMs'> = systemClock()): void {
  const theirs = require(REQUEST) as RequestOf;
  if (quickened.has(theirs)) return;
  const EncoderClass = require('kafkajs/src/protocol/encoder') as new (bytes: number) => Encoder;
  const checksum = require('kafkajs/src/protocol/recordBatch/crc32C') as (bytes: Buffer) => number;
  const ours: RequestOf = (request) => ({
    ...theirs(request),
    ...(isPlain(request) && {
      encode: () => {
        const bytes = encodeProduceRequest(request, Math.floor(clock.nowMs()), checksum);
        return Promise.resolve(new EncoderClass(bytes.length).writeBuffer(bytes));
      },
    }),
  });
  quickened.add(ours);
  const loaded = require.cache[require.resolve(REQUEST)];
  if (loaded) loaded.exports = ours;
}
