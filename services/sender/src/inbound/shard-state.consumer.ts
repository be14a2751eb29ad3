import { timestampMs } from '@bufbuild/protobuf/wkt';
import { ShardMode, ShardRole, topics, type ShardState } from '@daybreak/contracts';
import type { Received } from '@daybreak/event-bus';
import type { ShardStateName } from '@daybreak/shards';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TakeStates } from '../states/take-states.js';
import type { ShardStateRow } from '../store/states.repository.js';

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

/** A mode that this release does not know sends nothing. */
const MODE: Readonly<Partial<Record<ShardMode, ShardStateName>>> = {
  [ShardMode.ACTIVE]: 'active',
  [ShardMode.THROTTLED]: 'throttled',
  [ShardMode.COOLDOWN]: 'cooldown',
  [ShardMode.PAUSED]: 'paused',
  [ShardMode.WARMING]: 'warming',
  [ShardMode.STANDBY]: 'standby',
  [ShardMode.HALTED]: 'halted',
};

const toRow = (event: ShardState): ShardStateRow => ({
  shardId: event.shardId,
  phoneNumberId: event.phoneNumberId,
  wabaId: event.wabaId,
  businessPortfolioId: event.businessPortfolioId,
  role: event.role === ShardRole.STANDBY ? 'standby' : 'primary',
  mode: MODE[event.mode] ?? 'halted',
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
