import { topics, type ShardState } from '@daybreak/contracts';
import type { Received, Rejection } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TakeStates } from '../intake/take-states.js';

@Controller()
export class ShardStateConsumer {
  constructor(private readonly take: TakeStates) {}

  @EventPattern<string>(topics.shardState.name)
  handle(@Payload() received: readonly Received<ShardState>[]): Promise<readonly Rejection[]> {
    return this.take.shards(received);
  }
}
