import { AppError } from '@daybreak/kernel';
import { metrics } from '@daybreak/observability';
import type { ICustomPartitioner, ISocketFactory, Kafka, Message as KafkaJsMessage, Producer } from 'kafkajs';
import { partitionOf } from './partition-of.js';
import type { OutgoingRecord } from './record-codec.js';
import { resourceName } from './resource-name.js';
import { SeverableLine } from './severable-line.js';

/** How long a send may take, and what becomes of it then. */
export interface SendOptions {
  /** Longest wait, real ms. After it the promise rejects; records that were still queued are not sent any more. */
  readonly timeoutMs?: number;
  /** True: nor does what was on its way arrive after `timeoutMs`. The line is cut, and whatever else was on its way fails with it. */
  readonly cutOff?: boolean;
}

interface Connection {
  readonly line: SeverableLine;
  readonly producer: Promise<Producer>;
}

interface Portion {
  readonly records: readonly OutgoingRecord[];
  readonly bytes: number;
}

const MAX_FLUSH_BYTES = 900_000; // a broker takes 1 MiB per batch and partition by default, and all of a flush may share one partition
const MAX_FLUSH_RECORDS = 5_000;
const MAX_QUEUED_BYTES = 64 * 1_048_576; // with Kafka away, memory is bounded and the caller hears of it
const RECORD_OVERHEAD_BYTES = 300; // headers and framing, about
const ACK_TIMEOUT_MS = 8_000;

/** Every record of ours has a key. */
const byKey: ICustomPartitioner =
  () =>
  ({ message, partitionMetadata }) =>
    partitionOf(Buffer.from(message.key ?? ''), partitionMetadata.length);

const unavailable = (message: string, cause?: unknown): AppError => new AppError(message, { kind: 'backoff' }, { cause });

/**
 * Sends records to Kafka with one `sendBatch` in flight: whatever is handed over meanwhile goes with the next one. That is both what
 * makes it fast and what makes the idempotent producer safe: with several in flight kafkajs may lose messages without a rejection.
 */
export class RecordProducer {
  private readonly queue: Parcel[] = [];
  private queuedBytes = 0;
  private connection: Connection | undefined;
  private onTheWay: readonly Parcel[] = [];
  private flushing: Promise<void> | undefined;
  private closed = false;

  /** @param clientOver makes a client of Kafka with these sockets; asked anew after a failure */
  constructor(
    private readonly clientOver: (sockets: ISocketFactory) => Kafka,
    private readonly namespace: string,
  ) {}

  /** Resolves when every in-sync replica has them. Rejects with a `backoff` AppError; then they may have been taken or not. */
  async send(records: readonly OutgoingRecord[], options: SendOptions = {}): Promise<void> {
    if (records.length === 0) return;
    await Promise.all(portionsOf(records).map((portion) => this.enqueue(portion, options)));
  }

  /** Connects before the first record comes, which then need not wait: a cold broker takes seconds. What fails is tried again with that record. */
  async warmUp(): Promise<void> {
    const connection = this.connected();
    await connection.producer.catch(() => this.discard(connection));
  }

  /** Waits for what was handed over, then disconnects. */
  async close(): Promise<void> {
    this.closed = true;
    await this.flushing;
    const producer = await this.connection?.producer.catch(() => undefined);
    await producer?.disconnect();
    this.connection = undefined;
  }

  private enqueue({ records, bytes }: Portion, { timeoutMs, cutOff = false }: SendOptions): Promise<void> {
    if (this.closed) return Promise.reject(unavailable('the event bus is shutting down'));
    if (this.queuedBytes + bytes > MAX_QUEUED_BYTES) return Promise.reject(unavailable('too much waits for Kafka already'));
    const parcel = new Parcel(records, bytes, timeoutMs, () => {
      if (cutOff && this.onTheWay.includes(parcel)) this.connection?.line.sever();
    });
    this.queue.push(parcel);
    this.queuedBytes += bytes;
    this.flushing ??= this.flush();
    return parcel.delivered;
  }

  private async flush(): Promise<void> {
    await new Promise(setImmediate); // what is published in one turn of the event loop goes together
    while (this.queue.length > 0) {
      const parcels = this.take();
      if (parcels.length > 0) await this.ship(parcels);
    }
    this.flushing = undefined;
  }

  private take(): Parcel[] {
    let bytes = 0;
    let records = 0;
    let count = 0;
    for (const parcel of this.queue) {
      if (count > 0 && (bytes + parcel.bytes > MAX_FLUSH_BYTES || records + parcel.records.length > MAX_FLUSH_RECORDS)) break;
      bytes += parcel.bytes;
      records += parcel.records.length;
      count += 1;
    }
    this.queuedBytes -= bytes;
    return this.queue.splice(0, count).filter((parcel) => !parcel.settled);
  }

  private async ship(parcels: readonly Parcel[]): Promise<void> {
    const stop = metrics.busPublishDuration.startTimer();
    const connection = this.connected();
    const { line } = connection;
    this.onTheWay = parcels;
    try {
      const messages = messagesByTopic(parcels);
      const topicMessages = [...messages].map(([topic, list]) => ({ topic: resourceName(this.namespace, topic), messages: list }));
      const producer = await Promise.race([connection.producer, line.severed]);
      await Promise.race([producer.sendBatch({ acks: -1, timeout: ACK_TIMEOUT_MS, topicMessages }), line.severed]);
      stop();
      for (const [topic, list] of messages) metrics.busPublished.inc({ topic }, list.length);
      for (const parcel of parcels) parcel.finish();
    } catch (cause) {
      this.discard(connection);
      for (const parcel of parcels) parcel.finish(unavailable('Kafka did not take the events', cause));
    } finally {
      this.onTheWay = [];
    }
  }

  private connected(): Connection {
    return (this.connection ??= this.connect());
  }

  private connect(): Connection {
    const line = new SeverableLine();
    const producer = this.clientOver(line.socketFactory).producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: byKey, // as the Java client does, so that outside publishers agree on a key's partition
    });
    return { line, producer: producer.connect().then(() => producer) };
  }

  /**
   * After a failure nobody knows whether the broker took the batch. The next one would go out under the same sequence numbers, and a
   * broker that had taken the first would answer "duplicate", that is success, and drop it. A new producer has a new id.
   */
  private discard(connection: Connection): void {
    if (this.connection === connection) this.connection = undefined;
    connection.line.sever();
    void connection.producer.then((producer) => producer.disconnect()).catch(() => undefined); // it is of no use either way
  }
}

/** What one call, or a part of it, waits for. */
class Parcel {
  readonly delivered: Promise<void>;
  /** True once the caller has its answer, be it that it waited too long. */
  settled = false;
  private readonly timer: NodeJS.Timeout | undefined;
  private settle!: (error?: AppError) => void;

  constructor(
    readonly records: readonly OutgoingRecord[],
    readonly bytes: number,
    timeoutMs: number | undefined,
    onTimeout: () => void,
  ) {
    this.delivered = new Promise((resolve, reject) => {
      this.settle = (error) => (error === undefined ? resolve() : reject(error));
    });
    if (timeoutMs !== undefined) {
      this.timer = setTimeout(() => {
        onTimeout();
        this.finish(unavailable(`Kafka did not acknowledge within ${timeoutMs} ms`));
      }, timeoutMs);
    }
  }

  /** @param error why it failed; absent: it is there */
  finish(error?: AppError): void {
    clearTimeout(this.timer);
    this.settled = true;
    this.settle(error);
  }
}

function messagesByTopic(parcels: readonly Parcel[]): Map<string, KafkaJsMessage[]> {
  const byTopic = new Map<string, KafkaJsMessage[]>();
  for (const { records } of parcels) {
    for (const { topic, key, value, headers } of records) {
      const message = { key, value, headers };
      const list = byTopic.get(topic);
      if (list === undefined) byTopic.set(topic, [message]);
      else list.push(message);
    }
  }
  return byTopic;
}

/** Splits what one call hands over into parts that fit one flush. */
function portionsOf(records: readonly OutgoingRecord[]): Portion[] {
  const parts: { records: OutgoingRecord[]; bytes: number }[] = [];
  for (const record of records) {
    const bytes = RECORD_OVERHEAD_BYTES + record.key.length + (record.value?.length ?? 0);
    const last = parts.at(-1);
    if (last !== undefined && last.bytes + bytes <= MAX_FLUSH_BYTES && last.records.length < MAX_FLUSH_RECORDS) {
      last.records.push(record);
      last.bytes += bytes;
    } else parts.push({ records: [record], bytes });
  }
  return parts;
}
