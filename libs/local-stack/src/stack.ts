/** Where a stack's stores come from. Tried in this order. */
export type StackKey = 'environment' | 'docker' | 'processes';

/** The stores of a stack. */
export type PartName = 'postgres' | 'redis' | 'kafka';

/** One store of a stack. Faults are for stores that the stack started; one that came from the environment refuses them. */
export interface StackPart {
  readonly name: PartName;
  readonly key: StackKey;
  /** URL with credentials (`postgres`, `redis`), or bootstrap brokers (`kafka`). Stays the same over a restart. */
  readonly address: string;
  /** `kafka` that was started with `kafkaProxy`: where that proxy finds it. */
  readonly behindProxy?: string | undefined;
  /** Sends a signal (default SIGKILL) and resolves once the store is gone. Its data stay. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts the store again on its own data and address (killing it first if it runs); resolves when it is ready. */
  restart(): Promise<void>;
  /** SIGSTOP to every process of the store: connections stay open, nothing answers. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

/** PostgreSQL, Redis and Kafka that answer. */
export interface Stack {
  /** `environment` when all three came from there, else the key that opened the rest. */
  readonly key: StackKey;
  /** PostgreSQL as an administrator: may create schemas and roles. */
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** `host:port`, separated by commas. */
  readonly kafkaBrokers: string;
  readonly postgres: StackPart;
  readonly redis: StackPart;
  readonly kafka: StackPart;
  /** Stops what this stack started and removes its data. May be called twice. */
  stop(): Promise<void>;
}

/** What every key is given to open one store. */
export interface PartContext {
  /** Aborted when another store could not be opened: give up. */
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** How long a store may take to answer once started. A cold, busy two-core machine needs a fraction of it. */
export const READY_TIMEOUT_MS = 90_000;
