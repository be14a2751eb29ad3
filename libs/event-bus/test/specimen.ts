import { randomBytes } from 'node:crypto';
import { ConfigModule } from '@daybreak/config';
import { topics, type RecipientUpserted, type ShardState } from '@daybreak/contracts';
import { PrivacyModule, Sealer } from '@daybreak/privacy';
import { Controller, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, Payload } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { connectEventBus } from '../src/connect-event-bus.js';
import { EventBusModule } from '../src/event-bus.module.js';
import { EventBus } from '../src/event-bus.js';
import type { EventBusConfig } from '../src/kafka-client.js';
import type { Received, Rejection } from '../src/received.js';

type Batch = readonly Received<RecipientUpserted>[];

/** What a specimen service saw, and how it behaves. */
export class Specimen {
  /** Of batches whose handling went well. */
  readonly handled: Received<RecipientUpserted>[] = [];
  readonly shards: Received<ShardState>[] = [];
  calls = 0;
  /** May throw, or reject some; the default finds everything well. */
  behave: (batch: Batch) => readonly Rejection[] | undefined | Promise<readonly Rejection[] | undefined> = () => undefined;

  get keys(): string[] {
    return this.handled.map((received) => received.key);
  }
}

@Controller()
class RecipientConsumer {
  constructor(private readonly specimen: Specimen) {}

  @EventPattern<string>(topics.recipientUpserted.name)
  async handle(@Payload() received: Batch): Promise<readonly Rejection[] | undefined> {
    this.specimen.calls += 1;
    const rejections = await this.specimen.behave(received);
    const rejected = new Set(rejections?.map((rejection) => rejection.received));
    this.specimen.handled.push(...received.filter((one) => !rejected.has(one)));
    return rejections;
  }
}

@Controller()
class ShardStateConsumer {
  constructor(private readonly specimen: Specimen) {}

  @EventPattern<string>(topics.shardState.name, { perInstance: true })
  handle(@Payload() received: readonly Received<ShardState>[]): void {
    this.specimen.shards.push(...received);
  }
}

const KEYS = { ADDRESS_KEYS: [{ keyId: 'test', key: randomBytes(32) }], ADDRESS_PEPPER: randomBytes(32) };
export const sealer = new Sealer(KEYS.ADDRESS_KEYS);

export interface RunningSpecimen {
  readonly specimen: Specimen;
  readonly app: INestApplication;
  readonly bus: EventBus;
  readonly stop: () => Promise<void>;
}

/** A service that consumes; resolves once it has joined its group. */
export async function startSpecimen(bus: EventBusConfig, specimen = new Specimen()): Promise<RunningSpecimen> {
  @Module({
    imports: [
      ConfigModule.for({ DAYBREAK_CLOCK_SKEW_MS: 0, ...KEYS, ...bus }),
      PrivacyModule,
      EventBusModule.for({ clientId: 'specimen' }),
    ],
    controllers: [RecipientConsumer, ShardStateConsumer],
    providers: [{ provide: Specimen, useValue: specimen }],
  })
  class SpecimenModule {}

  const app = await NestFactory.create(SpecimenModule, new FastifyAdapter(), { logger: false });
  connectEventBus(app, { group: 'specimen', tuning: { fetchWaitMs: 100, heartbeatIntervalMs: 100, maxPauseMs: 1_000 } });
  await app.startAllMicroservices();
  await app.init();
  const connected = app.get(EventBus);
  await connected.joined();
  return { specimen, app, bus: connected, stop: () => app.close() };
}
