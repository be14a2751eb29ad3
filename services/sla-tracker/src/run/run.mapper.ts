import { timestampMs, type Timestamp } from '@bufbuild/protobuf/wkt';
import {
  enumWord,
  ReadinessVerdict,
  RunState,
  ShardMode,
  ShardRole,
  type RunChanged,
  type ShardReported,
  type ShardState,
} from '@daybreak/contracts';
import { invalid } from '@daybreak/kernel';
import { runDateOf } from '../delivery/observed.js';
import type { ReadinessVerdictName, Run, RunReadiness, RunStateName } from './run.js';
import type { ShardReport, ShardStanding } from './shard.js';

const STATE: Readonly<Record<RunState, RunStateName | undefined>> = {
  [RunState.UNSPECIFIED]: undefined,
  [RunState.OPEN]: 'OPEN',
  [RunState.FROZEN]: 'FROZEN',
  [RunState.STAGED]: 'STAGED',
  [RunState.RUNNING]: 'RUNNING',
  [RunState.CLOSED]: 'CLOSED',
};

export function runOf(event: RunChanged): Run {
  const { window } = event;
  const state = STATE[event.state];
  if (state === undefined) throw invalid({ field: 'state', reason: 'is not a known value' });
  if (window === undefined) throw invalid({ field: 'window', reason: 'is required' });
  if (window.slaStage !== 'sent' && window.slaStage !== 'delivered')
    throw invalid({ field: 'window.sla_stage', reason: 'not sent or delivered' });
  if (runDateOf(event.runId) !== event.runDate) throw invalid({ field: 'run_date', reason: 'is not the date in the run id' });
  return {
    runId: event.runId,
    tenantId: event.tenantId,
    runDate: event.runDate,
    version: Number(event.version),
    state,
    window: {
      freezeAt: instantOf('window.freeze_at', window.freezeAt),
      stagedBy: instantOf('window.staged_by', window.stagedBy),
      opensAt: instantOf('window.opens_at', window.opensAt),
      firstAttemptsEndAt: instantOf('window.first_attempts_end_at', window.firstAttemptsEndAt),
      closesAt: instantOf('window.closes_at', window.closesAt),
      deadlineAt: instantOf('window.deadline_at', window.deadlineAt),
      liveSealAt: instantOf('window.live_seal_at', window.liveSealAt),
      finalSealAt: instantOf('window.final_seal_at', window.finalSealAt),
    },
    timeZone: window.timeZone,
    objective: window.objective,
    slaStage: window.slaStage,
    eligible: Number(event.eligible),
    planned: Number(event.planned),
    fallback: Number(event.fallback),
    exclusions: event.exclusions.map(({ reason, recipients }) => ({ reason, recipients: Number(recipients) })),
    readiness: readinessOf(event),
    planHash: event.planHash || undefined,
    changedAt: instantOf('changed_at', event.changedAt),
  };
}

const VERDICT: Readonly<Record<ReadinessVerdict, ReadinessVerdictName | undefined>> = {
  [ReadinessVerdict.UNSPECIFIED]: undefined,
  [ReadinessVerdict.GO]: 'GO',
  [ReadinessVerdict.GO_DEGRADED]: 'GO_DEGRADED',
  [ReadinessVerdict.NO_GO]: 'NO_GO',
};

function readinessOf({ readiness }: RunChanged): RunReadiness | undefined {
  const verdict = readiness && VERDICT[readiness.verdict];
  return verdict && { verdict, reasons: readiness.reasons, judgedAt: instantOf('readiness.judged_at', readiness.judgedAt) };
}

export function shardReportOf(event: ShardReported): ShardReport {
  if (event.shardId === '') throw invalid({ field: 'shard_id', reason: 'is required' });
  return {
    shardId: event.shardId,
    phoneNumberId: event.phoneNumberId,
    runId: event.runId,
    owner: event.owner,
    epoch: Number(event.epoch),
    staged: Number(event.staged),
    waiting: Number(event.waiting),
    inFlight: Number(event.inFlight),
    ambiguous: Number(event.ambiguous),
    settled: Number(event.settled),
    allowedRate: event.allowedRate,
    actualRate: event.actualRate,
    paused: event.paused,
    breakers: event.breakers,
    reportedAt: instantOf('reported_at', event.reportedAt),
  };
}

export function shardStandingOf(event: ShardState): ShardStanding {
  if (event.shardId === '') throw invalid({ field: 'shard_id', reason: 'is required' });
  return {
    shardId: event.shardId,
    phoneNumberId: event.phoneNumberId,
    role: event.role === ShardRole.STANDBY ? 'standby' : 'primary',
    mode: enumWord(ShardMode, event.mode) ?? '', // shown as it is: not known
    allowedRate: event.allowedRate,
    until: event.until && timestampMs(event.until),
    reason: event.reason,
    qualityRating: event.qualityRating,
    displaySuffix: event.displaySuffix,
    version: Number(event.version),
  };
}

function instantOf(field: string, timestamp: Timestamp | undefined): number {
  if (timestamp === undefined) throw invalid({ field, reason: 'is required' });
  return timestampMs(timestamp);
}
