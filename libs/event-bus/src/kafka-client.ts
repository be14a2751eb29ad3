import { createRequire } from 'node:module';
import { Logger } from '@nestjs/common';
import type * as KafkaJs from 'kafkajs';
import type { ISocketFactory, Kafka, logCreator, logLevel, SASLOptions } from 'kafkajs';
import { quickenEncoding } from './kafkajs-encoding.js';
import { forgetLeftovers } from './kafkajs-leftovers.js';
import { tameTimers } from './kafkajs-timers.js';

// Required, as the modules are that we mend: with hooks for tracing, an import may bring other instances of them.
const kafkajs = createRequire(import.meta.url)('kafkajs') as typeof KafkaJs;

/** What the event bus reads of a service's configuration: `commonConfig` and `kafkaConfig`. */
export interface EventBusConfig {
  readonly NAMESPACE: string;
  readonly KAFKA_BROKERS: readonly string[];
  readonly KAFKA_SSL?: boolean | undefined;
  readonly KAFKA_SASL_MECHANISM?: 'plain' | 'scram-sha-256' | 'scram-sha-512' | undefined;
  readonly KAFKA_SASL_USERNAME?: string | undefined;
  readonly KAFKA_SASL_PASSWORD?: string | undefined;
  readonly KAFKA_SESSION_TIMEOUT_MS?: number | undefined;
}

const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 10_000;
// kafkajs would retry an idempotent producer for ever, and whoever publishes would never hear of it.
// 0.1 + 0.2 + … + 2 + 2 s: nearly 8 s, long enough for a leader election, short enough that whoever waits hears of it.
const RETRY = { initialRetryTime: 100, multiplier: 2, factor: 0.2, maxRetryTime: 2_000, retries: 7 };

/** What a client has of its own, beside the configuration. */
export interface ClientOptions {
  /** Least severe of kafkajs's own words that are logged. */
  readonly level?: logLevel;
  /** Makes the sockets, where kafkajs's own way does not do. */
  readonly socketFactory?: ISocketFactory;
}

/** A kafkajs client with our time-outs, retries and cures of its faults. Connects to nothing yet. */
export function kafkaClient(
  config: EventBusConfig,
  clientId: string,
  { level = kafkajs.logLevel.WARN, socketFactory }: ClientOptions = {},
): Kafka {
  tameTimers();
  forgetLeftovers();
  quickenEncoding();
  return new kafkajs.Kafka({
    clientId,
    brokers: [...config.KAFKA_BROKERS],
    ssl: config.KAFKA_SSL ?? false,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: RETRY,
    logLevel: level,
    logCreator: toNest,
    ...(socketFactory === undefined ? {} : { socketFactory }),
    ...saslOf(config),
  });
}

function saslOf(config: EventBusConfig): { sasl?: SASLOptions } {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username = '', KAFKA_SASL_PASSWORD: password = '' } = config;
  return mechanism === undefined ? {} : { sasl: { mechanism, username, password } };
}

/** kafkajs calls an error what it then retries; to us that is a warning. What it gives up comes as an exception. */
const toNest: logCreator = () => {
  const logger = new Logger('Kafka');
  return ({ level, namespace, log }) => {
    if (log.message.startsWith('Limiting retries for the idempotent producer')) return; // the record producer starts a new one after a failure
    const detail = typeof log['error'] === 'string' ? ` (${log['error']})` : '';
    const text = `${namespace === '' ? '' : `${namespace}: `}${log.message}${detail}`;
    if (level <= kafkajs.logLevel.WARN) logger.warn(text);
    else logger.debug(text);
  };
};
