import type { Message } from '@bufbuild/protobuf';
import type { Topic } from '@daybreak/contracts';
import type { Database } from '@daybreak/database';

/** What a test needs of the stores. */
export interface TestStackOptions {
  /** Service folders whose migrations are applied. */
  readonly services: readonly string[];
}

/** What was seen on a topic so far, in the order it came. */
export interface Watched<T> {
  readonly events: T[];
  /** Keys of all records, tombstones among them. */
  readonly keys: string[];
  readonly tombstones: string[];
}

/** Real stores, a namespace of one's own. */
export interface TestStack {
  readonly namespace: string;
  readonly redisUrl: string;
  readonly kafkaBrokers: string;
  /** The environment of a service in this namespace; its config is `loadConfig(schema, stack.env('ingest'))`. */
  env(service: string, over?: Readonly<Record<string, string>>): Record<string, string>;
  /** The service's own schema, by the service's own role. */
  database(service: string): Database;
  publish<T extends Message>(topic: Topic<T>, ...events: readonly T[]): Promise<void>;
  tombstone<T extends Message>(topic: Topic<T>, ...keys: readonly string[]): Promise<void>;
  /** Everything on the topic, from its beginning on. */
  watch<T extends Message>(topic: Topic<T>): Promise<Watched<T>>;
  stop(): Promise<void>;
}
