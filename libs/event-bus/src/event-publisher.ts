import type { Message } from '@bufbuild/protobuf';
import type { Topic } from '@daybreak/contracts';
import type { Clock } from '@daybreak/kernel';
import { encodeEvent, encodeTombstone, toOutgoing, type EncodedEvent } from './record-codec.js';
import type { RecordProducer, SendOptions } from './record-producer.js';
import { traceHeaders } from './trace-context.js';

/** What a publication may say besides its events. */
export interface PublishOptions extends SendOptions {
  /** Id of the event that these follow from. */
  readonly causation?: string;
}

/**
 * Publishes at once: for facts whose loss with this process is acceptable, or that have no transaction to belong to. What must be
 * published if and only if a transaction commits goes through the `Outbox`.
 */
export class EventPublisher {
  constructor(
    private readonly producer: Pick<RecordProducer, 'send'>,
    private readonly clock: Clock,
  ) {}

  /** Resolves when every in-sync replica has the events; rejects with a `backoff` AppError, then some of them may be there all the same. */
  async publish<T extends Message>(topic: Topic<T>, events: readonly T[], options: PublishOptions = {}): Promise<void> {
    const headers = commonHeaders(this.clock, options.causation);
    await this.producer.send(
      events.map((event) => encodeEvent(topic, event, headers)),
      options,
    );
  }

  /** The same for events that were encoded before, of any topics: so that whoever joins events of many callers knows whose cannot be. */
  async publishEncoded(
    events: readonly { readonly topic: Topic; readonly encoded: EncodedEvent }[],
    options: PublishOptions = {},
  ): Promise<void> {
    const headers = commonHeaders(this.clock, options.causation);
    await this.producer.send(
      events.map(({ topic, encoded }) => toOutgoing(topic, encoded, headers)),
      options,
    );
  }

  /** Says of a compacted topic's keys that what they name is gone. */
  async tombstone<T extends Message>(topic: Topic<T>, keys: readonly string[], options: PublishOptions = {}): Promise<void> {
    const headers = commonHeaders(this.clock, options.causation);
    await this.producer.send(
      keys.map((key) => encodeTombstone(topic, key, headers)),
      options,
    );
  }
}

/** What all events published together have in common. */
export const commonHeaders = (clock: Clock, causation: string | undefined): Record<string, string> => ({
  ce_time: clock.now().toISO() ?? '',
  ...(causation === undefined ? {} : { causation_id: causation }),
  ...traceHeaders(),
});
