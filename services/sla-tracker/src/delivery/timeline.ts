import { attributeMiss, staysInDenominator, type DeliveryState, type Miss, type PublicStatus } from '@daybreak/delivery';
import type { Run } from '../run/run.js';
import type { DeliveryRecord, PostRecord } from './delivery-record.js';
import { standingOf, type DeliveryStanding } from './delivery-standing.js';
import type { Observation } from './observation.js';

/** One event, as an operator reads it. */
export interface TimelineEvent {
  /** By the clock of the run, or Meta's stamp; ISO 8601. */
  readonly at: string;
  /** When we heard of it, wall clock. */
  readonly recordedAt: string;
  readonly what: Exclude<Observation['kind'], 'planned' | 'overdue'> | 'unknown';
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The ladder; null where a rung was not reached. ISO 8601. */
export interface Ladder {
  readonly planned: string | null;
  /** First POST. */
  readonly claimed: string | null;
  readonly accepted: string | null;
  readonly sent: string | null;
  readonly delivered: string | null;
  readonly read: string | null;
}

/** Everything about one delivery: how far it came, and why not further. */
export interface Timeline {
  readonly deliveryId: string;
  readonly runId: string;
  readonly recipientId: string | null;
  readonly shardId: string | null;
  readonly status: PublicStatus;
  readonly state: DeliveryState;
  readonly outcome: DeliveryStanding['outcome'];
  readonly reason: string | null;
  readonly errorCode: number | null;
  readonly ladder: Ladder;
  /** Null when it did not miss, or is not judged yet. */
  readonly miss: Miss | null;
  readonly posts: readonly PostRecord[];
  readonly events: readonly TimelineEvent[];
}

export interface KeptObservation {
  readonly observation: Observation | undefined;
  readonly recordedAt: Date;
}

export interface TimelineInputs {
  readonly deliveryId: string;
  readonly run: Run;
  readonly record: DeliveryRecord;
  readonly kept: readonly KeptObservation[];
  /** The recipient's first opt-out between freeze and the end of the window, epoch ms. */
  readonly optedOutAt: number | undefined;
  /** When its pack was recalled, if that was before the end of the window, epoch ms. */
  readonly withdrawnAt: number | undefined;
  readonly nowMs: number;
}

export function timelineOf({ deliveryId, run, record, kept, optedOutAt, withdrawnAt, nowMs }: TimelineInputs): Timeline {
  const standing = standingOf(record);
  const excluded = !staysInDenominator({
    firstPostAtMs: standing.firstPostAt,
    optedOutAtMs: optedOutAt,
    withdrawnAtMs: withdrawnAt,
    withheldAtMs: standing.withheldAt,
  });
  const miss = attributeMiss(
    {
      ...standing,
      excluded,
      reason: excluded && withdrawnAt !== undefined ? 'withdrawn-pack' : standing.reason,
      acceptedStartedAtMs: standing.acceptedStartedAt,
      sentAtMs: standing.sentAt,
      deliveredAtMs: standing.deliveredAt,
    },
    { slaStage: run.slaStage, ...run.window },
  );
  return {
    deliveryId,
    runId: run.runId,
    recipientId: standing.recipientId ?? null,
    shardId: standing.shardId ?? null,
    status: standing.publicStatus,
    state: standing.state,
    outcome: standing.outcome,
    reason: standing.reason ?? null,
    errorCode: standing.errorCode ?? null,
    ladder: ladderOf(record, standing),
    miss: nowMs < run.window.deadlineAt ? null : (miss ?? null),
    posts: record.posts,
    events: kept.map(eventOf).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
  };
}

function ladderOf(record: DeliveryRecord, standing: DeliveryStanding): Ladder {
  const accepted = record.posts.find((post) => post.wamidHash !== undefined && post.wamidHash === standing.wamidHash);
  return {
    planned: isoOf(record.planned?.dueAt),
    claimed: isoOf(standing.firstPostAt),
    accepted: isoOf(accepted?.finishedAt ?? standing.acceptedStartedAt),
    sent: isoOf(standing.sentAt),
    delivered: isoOf(standing.deliveredAt),
    read: isoOf(standing.readAt),
  };
}

function eventOf({ observation, recordedAt }: KeptObservation): TimelineEvent {
  const recorded = recordedAt.toISOString();
  if (observation === undefined) return { at: recorded, recordedAt: recorded, what: 'unknown', detail: {} };
  const { kind, ...detail } = observation;
  return { at: isoOf(instantOf(observation)) ?? recorded, recordedAt: recorded, what: kind as TimelineEvent['what'], detail };
}

function instantOf(observation: Observation): number {
  switch (observation.kind) {
    case 'planned':
    case 'overdue':
      return observation.dueAt;
    case 'attempted':
      return observation.startedAt;
    case 'settled':
      return observation.settledAt;
    case 'moved':
      return observation.movedAt;
    case 'status':
      return observation.occurredAt;
  }
}

const isoOf = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());
