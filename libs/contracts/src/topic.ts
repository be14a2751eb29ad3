import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import type { GenMessage } from '@bufbuild/protobuf/codegenv2';
import type { Message } from '@bufbuild/protobuf';

/** `delete`: facts, kept for a time. `compact`: states, the newest of each key kept for ever. */
export type Cleanup = 'delete' | 'compact';

/** One entry of the catalogue. The transport adds `NAMESPACE` to the name. */
export interface Topic<T extends Message = Message> {
  readonly name: string;
  readonly schema: GenMessage<T>;
  /** Field(s) that the key is made of, for people. */
  readonly keyName: string;
  /** The record's key: plain ASCII. */
  readonly keyOf: (event: T) => string;
  readonly partitions: number;
  readonly cleanup: Cleanup;
  /** How long facts are kept; absent for compacted topics. */
  readonly retentionMs?: number;
  /** Services that publish, and services that consume; `content services` and the like are outside teams. */
  readonly from: readonly string[];
  readonly to: readonly string[];
}

interface Shape<D extends DescMessage> {
  readonly key: string;
  readonly keyOf: (event: MessageShape<D>) => string;
  readonly partitions: number;
  readonly cleanup: Cleanup;
  readonly retentionDays?: number;
  readonly from: readonly string[];
  readonly to: readonly string[];
}

const DAY_MS = 86_400_000;
/** For a projection that was away over a long weekend. */
const TOMBSTONE_LIFE_MS = 7 * DAY_MS;
/**
 * A broker maps the whole indexes of a partition's newest segment, and zeroes them when their first entry comes: at Kafka's 10 MiB some 0.1 s of CPU
 * for every partition after every start, just when a storm begins. 128 KiB are enough for a segment of 42 MiB. (Fewer entries in it would make a broker
 * look through more records for every fetch, one header at a time.)
 */
const INDEX_BYTES = 131_072;
const SEGMENT_BYTES = 32 * 1_048_576; // a segment that outgrew its index could not be opened again

/** What a broker is told of a topic, but for its replicas: names and values as Kafka has them. */
export const topicConfig = (topic: Topic): Readonly<Record<string, string | number>> => ({
  'cleanup.policy': topic.cleanup,
  ...(topic.cleanup === 'compact' ? { 'delete.retention.ms': TOMBSTONE_LIFE_MS, 'min.cleanable.dirty.ratio': 0.1 } : {}),
  ...(topic.retentionMs === undefined ? {} : { 'retention.ms': topic.retentionMs }),
  'segment.bytes': SEGMENT_BYTES,
  'segment.index.bytes': INDEX_BYTES,
});

/** An entry of the catalogue. */
export function topic<T extends Message>(
  name: `daybreak.${string}.v${number}`,
  schema: GenMessage<T>,
  shape: Shape<GenMessage<T>>,
): Topic<T> {
  const { key, retentionDays, ...rest } = shape;
  return { name, schema, keyName: key, ...rest, ...(retentionDays === undefined ? {} : { retentionMs: retentionDays * DAY_MS }) };
}
