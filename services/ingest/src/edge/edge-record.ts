import type { Message } from '@bufbuild/protobuf';
import type { Topic } from '@daybreak/contracts';

/** One event on its way from a webhook to Kafka. */
export interface EdgeRecord<T extends Message = Message> {
  readonly topic: Topic<T>;
  readonly event: T;
}

/** Erases the type of the event, which nobody needs to know between the mapper and Kafka. */
export const recordOf = <T extends Message>(topic: Topic<T>, event: T): EdgeRecord => ({ topic, event }) as unknown as EdgeRecord;

/** Kafka's keys are printable ASCII, and never empty. Meta sometimes names nothing that an event could be keyed by. */
export const hasKey = ({ topic, event }: EdgeRecord): boolean => /^[\x21-\x7e]{1,255}$/.test(topic.keyOf(event));
