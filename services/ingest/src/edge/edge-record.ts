import type { Message } from '@bufbuild/protobuf';
import type { Topic } from '@daybreak/contracts';
import { encodeValue, type EncodedEvent } from '@daybreak/event-bus';

/** One event on its way from a webhook to Kafka: encoded at once, so that one that cannot be is found before it shares a request with others. */
export interface EdgeRecord {
  readonly topic: Topic;
  readonly event: Message;
  readonly encoded: EncodedEvent;
}

/** Erases the type of the event, which nobody needs to know between the mapper and Kafka. Throws for one that no broker would take. */
export const recordOf = <T extends Message>(topic: Topic<T>, event: T): EdgeRecord => ({
  topic: topic as unknown as Topic,
  event,
  encoded: encodeValue(topic, event),
});

/** Kafka's keys are printable ASCII, and never empty. Meta sometimes names nothing that an event could be keyed by. */
export const hasKey = <T extends Message>(topic: Topic<T>, event: T): boolean => /^[\x21-\x7e]{1,255}$/.test(topic.keyOf(event));
