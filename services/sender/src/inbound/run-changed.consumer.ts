import { timestampMs, type Timestamp } from '@bufbuild/protobuf/wkt';
import { topics, type RunChanged } from '@daybreak/contracts';
import type { Received, Rejection } from '@daybreak/event-bus';
import { invalid } from '@daybreak/kernel';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TakeStates } from '../states/take-states.js';
import type { ToldRun } from '../states/told-states.js';

/** When a run's window opens and closes, and how much of it each shard was given. */
@Controller()
export class RunChangedConsumer {
  constructor(private readonly states: TakeStates) {}

  @EventPattern<string>(topics.runChanged.name)
  async handle(@Payload() received: readonly Received<RunChanged>[]): Promise<readonly Rejection[]> {
    const rows: ToldRun[] = [];
    const rejected: Rejection[] = [];
    for (const one of received) {
      if (one.event === undefined) continue; // the morning's partitions go by their own age
      const row = toRow(one.event);
      if (row) rows.push(row);
      else rejected.push({ received: one, error: invalid({ field: 'window', reason: 'lacks an instant' }) });
    }
    await this.states.runs(rows);
    return rejected;
  }
}

const ms = (instant: Timestamp | undefined): number | undefined => instant && timestampMs(instant);

function toRow(event: RunChanged): ToldRun | undefined {
  const { window } = event;
  const opensAtMs = ms(window?.opensAt);
  const firstAttemptsEndAtMs = ms(window?.firstAttemptsEndAt);
  const closesAtMs = ms(window?.closesAt);
  const deadlineAtMs = ms(window?.deadlineAt);
  const liveSealAtMs = ms(window?.liveSealAt);
  if (
    opensAtMs === undefined ||
    firstAttemptsEndAtMs === undefined ||
    closesAtMs === undefined ||
    deadlineAtMs === undefined ||
    liveSealAtMs === undefined
  ) {
    return undefined;
  }
  return {
    runId: event.runId,
    tenantId: event.tenantId,
    runDate: event.runDate,
    version: Number(event.version),
    opensAtMs,
    firstAttemptsEndAtMs,
    closesAtMs,
    deadlineAtMs,
    liveSealAtMs,
    planHash: event.planHash,
    shares: Object.fromEntries(event.shards.map((share) => [share.shardId, Number(share.deliveries)])),
  };
}
