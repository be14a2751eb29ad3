import { fromBinary } from '@bufbuild/protobuf';
import { timestampMs } from '@bufbuild/protobuf/wkt';
import {
  topics,
  type AlertRaised,
  type DeliveryMoved,
  type RunChanged,
  type ShardReported,
  type ShardState,
  type TemplateState,
  type WabaState,
} from '@daybreak/contracts';
import { Kafka, logLevel, type Consumer } from 'kafkajs';
import { incidentsOf, type Incident, type Told } from './incident.js';

/** Follows what a morning says of itself on its topics, as any service of another team could. */
export class Chronicle {
  private readonly consumer: Consumer;
  private readonly alerts: AlertRaised[] = [];
  private readonly told: Told;
  private readonly listen: ReadonlyMap<string, (value: Uint8Array) => void>;

  constructor(brokers: string, namespace: string) {
    const moves: DeliveryMoved[] = [];
    const runs: RunChanged[] = [];
    const shards: ShardState[] = [];
    const reports: ShardReported[] = [];
    const templates: TemplateState[] = [];
    const wabas: WabaState[] = [];
    this.told = { alerts: this.alerts, moves, runs, shards, reports, templates, wabas };
    const nameOf = (logical: string): string => (namespace === '' ? logical : `${namespace}.${logical}`);
    this.listen = new Map([
      [nameOf(topics.alertRaised.name), (value) => void this.alerts.push(fromBinary(topics.alertRaised.schema, value))],
      [nameOf(topics.deliveryMoved.name), (value) => void moves.push(fromBinary(topics.deliveryMoved.schema, value))],
      [nameOf(topics.runChanged.name), (value) => void runs.push(fromBinary(topics.runChanged.schema, value))],
      [nameOf(topics.shardState.name), (value) => void shards.push(fromBinary(topics.shardState.schema, value))],
      [nameOf(topics.shardReported.name), (value) => void reports.push(fromBinary(topics.shardReported.schema, value))],
      [nameOf(topics.templateState.name), (value) => void templates.push(fromBinary(topics.templateState.schema, value))],
      [nameOf(topics.wabaState.name), (value) => void wabas.push(fromBinary(topics.wabaState.schema, value))],
    ]);
    this.consumer = new Kafka({ clientId: 'chronicle', brokers: brokers.split(','), logLevel: logLevel.NOTHING }).consumer({
      groupId: nameOf('chronicle'),
    });
  }

  async start(): Promise<void> {
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: [...this.listen.keys()], fromBeginning: true });
    await this.consumer.run({
      eachMessage: ({ topic, message }) => {
        if (message.value !== null) this.listen.get(topic)?.(message.value); // null: a tombstone
        return Promise.resolve();
      },
    });
  }

  async stop(): Promise<void> {
    await this.consumer.disconnect();
  }

  get incidents(): Incident[] {
    return incidentsOf(this.told);
  }

  /** Names of the alerts that were raised, each once. @param sinceMs by the run's clock */
  alertNames(sinceMs = Number.NEGATIVE_INFINITY): string[] {
    const raised = this.alerts.filter(
      ({ resolved, raisedAt }) => !resolved && (raisedAt === undefined || timestampMs(raisedAt) >= sinceMs),
    );
    return [...new Set(raised.map(({ alertName }) => alertName))];
  }
}
