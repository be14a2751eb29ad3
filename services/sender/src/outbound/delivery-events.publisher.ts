import { create } from '@bufbuild/protobuf';
import {
  AttemptOutcome,
  DeliveryAttemptedSchema,
  DeliveryMovedSchema,
  DeliverySettledSchema,
  SettledOutcome,
  topics,
  type DeliveryAttempted,
  type DeliverySettled,
} from '@daybreak/contracts';
import type { Sql } from '@daybreak/database';
import { Outbox } from '@daybreak/event-bus';
import { Injectable } from '@nestjs/common';
import type { Attempt } from '../delivery/attempt.js';
import type { DeliveryRecord } from '../delivery/delivery-record.js';
import { wireInstant } from './wire-instant.js';

/** The end of a delivery, as the world hears of it. */
export interface SettledFact {
  readonly record: DeliveryRecord;
  readonly settledAtMs: number;
  /** Start of the POST that was accepted. */
  readonly acceptedStartedAtMs: number | undefined;
  readonly late: boolean;
  /** What made an acceptance known. */
  readonly evidence: 'response' | 'webhook' | '';
}

export interface AttemptedFact extends Attempt {
  readonly runId: string;
  readonly recipientId: string;
  readonly wabaId: string;
}

export interface MovedFact {
  readonly deliveryId: string;
  readonly runId: string;
  readonly fromShardId: string;
  readonly toShardId: string;
  readonly reason: string;
  readonly movedAtMs: number;
}

/** Facts about deliveries, by the outbox: published if and only if the rows they speak of are committed. */
@Injectable()
export class DeliveryEventsPublisher {
  constructor(private readonly outbox: Outbox) {}

  attempted(tx: Sql, facts: readonly AttemptedFact[]): Promise<void> {
    return this.outbox.add(tx, topics.deliveryAttempted, facts.map(toAttempted));
  }

  settled(tx: Sql, facts: readonly SettledFact[]): Promise<void> {
    return this.outbox.add(tx, topics.deliverySettled, facts.map(toSettled));
  }

  moved(tx: Sql, facts: readonly MovedFact[]): Promise<void> {
    return this.outbox.add(
      tx,
      topics.deliveryMoved,
      facts.map(({ movedAtMs, ...fact }) => create(DeliveryMovedSchema, { ...fact, movedAt: wireInstant(movedAtMs) })),
    );
  }
}

const ATTEMPT_OUTCOME: Readonly<Record<Attempt['outcome'], AttemptOutcome>> = {
  accepted: AttemptOutcome.ACCEPTED,
  held: AttemptOutcome.HELD,
  rejected: AttemptOutcome.REJECTED,
  ambiguous: AttemptOutcome.AMBIGUOUS,
};

function toAttempted(fact: AttemptedFact): DeliveryAttempted {
  const slash = fact.template.lastIndexOf('/');
  return create(DeliveryAttemptedSchema, {
    deliveryId: fact.deliveryId,
    runId: fact.runId,
    recipientId: fact.recipientId,
    shardId: fact.shardId,
    phoneNumberId: fact.phoneNumberId,
    attempt: fact.attempt,
    epoch: BigInt(fact.epoch),
    outcome: ATTEMPT_OUTCOME[fact.outcome],
    startedAt: wireInstant(fact.startedAtMs),
    ...(fact.finishedAtMs === null ? {} : { finishedAt: wireInstant(fact.finishedAtMs) }),
    wamidHash: fact.wamidHash,
    httpStatus: fact.httpStatus,
    errorCode: fact.errorCode,
    fault: fact.fault,
    templateName: slash < 0 ? '' : fact.template.slice(0, slash),
    templateLanguage: slash < 0 ? '' : fact.template.slice(slash + 1),
    wabaId: fact.wabaId,
  });
}

const SETTLED_OUTCOME: Partial<Record<DeliveryRecord['state'], SettledOutcome>> = {
  ACCEPTED: SettledOutcome.ACCEPTED,
  FAILED: SettledOutcome.FAILED,
  SUPPRESSED: SettledOutcome.SUPPRESSED,
  EXPIRED: SettledOutcome.EXPIRED,
};

const toSettled = ({ record, settledAtMs, acceptedStartedAtMs, late, evidence }: SettledFact): DeliverySettled =>
  create(DeliverySettledSchema, {
    deliveryId: record.deliveryId,
    runId: record.runId,
    recipientId: record.recipientId,
    shardId: record.shardId,
    outcome: SETTLED_OUTCOME[record.state] ?? SettledOutcome.UNSPECIFIED,
    reason: record.reason,
    errorCode: record.state === 'ACCEPTED' ? 0 : record.errorCode,
    attempts: record.attempt,
    ...(acceptedStartedAtMs === undefined ? {} : { acceptedStartedAt: wireInstant(acceptedStartedAtMs) }),
    settledAt: wireInstant(settledAtMs),
    wamidHash: record.wamidHash,
    late,
    evidence,
  });
