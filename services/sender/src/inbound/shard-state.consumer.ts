import { timestampMs } from '@bufbuild/protobuf/wkt';
import { enumWord, ShardMode, ShardRole, topics, type ShardState } from '@daybreak/contracts';
import type { Received } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TakeStates } from '../states/take-states.js';
import type { ToldShard } from '../states/told-states.js';

/** What each number may do now. A tombstone: the number is gone. */
@Controller()
export class ShardStateConsumer {
  constructor(private readonly states: TakeStates) {}

  @EventPattern<string>(topics.shardState.name)
  async handle(@Payload() received: readonly Received<ShardState>[]): Promise<void> {
    const last = [...new Map(received.map((one) => [one.key, one])).values()];
    const gone = last.filter(({ event }) => event === undefined).map(({ key }) => key);
    await this.states.shards(last.flatMap(({ event }) => (event ? toRow(event) : [])), gone); // prettier-ignore
  }
}

/** As this release understands it. */
export const toRow = (event: ShardState): ToldShard => ({
  shardId: event.shardId,
  phoneNumberId: event.phoneNumberId,
  wabaId: event.wabaId,
  businessPortfolioId: event.businessPortfolioId,
  role: event.role === ShardRole.STANDBY ? 'standby' : 'primary',
  mode: enumWord(ShardMode, event.mode) ?? 'halted', // a mode that this release does not know sends nothing
  allowedRate: event.allowedRate,
  throughputMps: event.throughputMps,
  dailyCap: Number(event.dailyCap),
  hourlyCap: Number(event.hourlyCap),
  weight: event.weight,
  untilMs: event.until ? timestampMs(event.until) : null,
  reason: event.reason,
  changedAtMs: event.changedAt ? timestampMs(event.changedAt) : 0,
  version: Number(event.version),
});
