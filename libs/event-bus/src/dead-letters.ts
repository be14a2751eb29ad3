import { create, toBinary } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { DeadLetterSchema, topics } from '@daybreak/contracts';
import { newEventId, sha256Hex, type AppError, type Clock, type Violation } from '@daybreak/kernel';
import { metrics } from '@daybreak/observability';
import { needsScrubbing, scrub } from '@daybreak/privacy';
import type { KafkaMessage } from 'kafkajs';
import { textHeaders, type OutgoingRecord, type Undecodable } from './record-codec.js';
import type { RecordProducer } from './record-producer.js';

/** Seals bytes for one context; `Sealer.sealBytes` of the privacy lib. */
export type Seal = (bytes: Uint8Array, context: string) => Uint8Array;

/** A record that will not be tried again, and why. */
export interface DeadRecord {
  /** Catalogue name of the topic it came from. */
  readonly topic: string;
  readonly partition: number;
  readonly message: KafkaMessage;
  readonly cause: { readonly undecodable: Undecodable } | { readonly error: AppError };
}

/** The context a dead letter's value is sealed for: whoever opens it says where it came from. */
export const deadLetterContext = (topic: string, partition: number, offset: string): string =>
  `dead-letter:${topic}/${partition}/${offset}`;

// Only what we know the meaning of: another header may hold anything.
const KEPT_HEADERS = new Set(['ce_id', 'ce_type', 'ce_time', 'content-type', 'schema', 'causation_id', 'traceparent']);

// Above it the letter itself would not fit a broker, and its partition would stand still for ever; the original lies where the letter says.
const MAX_COPIED_BYTES = 800_000;

/** Puts what can never be handled where people find it, before its offset moves on. */
export class DeadLetters {
  /** @param seal absent: a dead letter says where its record lies, and holds no copy of it */
  constructor(
    private readonly producer: RecordProducer,
    private readonly clock: Clock,
    private readonly seal: Seal | undefined,
  ) {}

  async send(group: string, dead: readonly DeadRecord[]): Promise<void> {
    await this.producer.send(dead.map((record) => this.letterOf(group, record)));
    for (const { topic } of dead) metrics.deadLetters.inc({ topic });
  }

  private letterOf(group: string, { topic, partition, message, cause }: DeadRecord): OutgoingRecord {
    const headers = textHeaders(message.headers);
    const context = deadLetterContext(topic, partition, message.offset);
    const key = message.key?.toString() ?? '';
    const keyIsPlain = key === '' || (/^[\x21-\x7e]{1,255}$/.test(key) && !needsScrubbing(key));
    const letter = create(DeadLetterSchema, {
      topic,
      partition,
      offset: BigInt(message.offset),
      consumerGroup: group,
      eventId: headers['ce_id'] ?? '',
      // Sealed even where it decoded: what is wrong with it may be that it says a number where none belongs.
      ...(message.value !== null && message.value.length <= MAX_COPIED_BYTES && this.seal !== undefined
        ? { value: this.seal(message.value, context), valueSealed: true }
        : {}),
      ...(!keyIsPlain && message.key && this.seal !== undefined ? { sealedKey: this.seal(message.key, context) } : {}),
      headers: Object.fromEntries(Object.entries(headers).filter(([name, value]) => KEPT_HEADERS.has(name) && !needsScrubbing(value))),
      failedAt: timestampFromMs(Math.floor(this.clock.nowMs())),
      ...reasonOf(cause),
    });
    const value = Buffer.from(toBinary(DeadLetterSchema, letter));
    const headersOut = {
      ce_id: newEventId(),
      ce_type: topics.deadLetter.name,
      'content-type': 'application/protobuf',
      schema: DeadLetterSchema.typeName,
    };
    return { topic: topics.deadLetter.name, key: keyIsPlain && key !== '' ? key : sha256Hex(context), value, headers: headersOut };
  }
}

function reasonOf(cause: DeadRecord['cause']): { reason: string; detail: string; violations: Violation[] } {
  if ('undecodable' in cause) {
    const { violation } = cause.undecodable;
    return { reason: 'undecodable', detail: `${violation.field} ${violation.reason}`, violations: [violation] };
  }
  const violations = cause.error.violations.map(({ field, reason }) => ({ field: scrub(field), reason: scrub(reason) }));
  return { reason: violations.length > 0 ? 'invalid' : 'dropped', detail: scrub(cause.error.message), violations };
}
