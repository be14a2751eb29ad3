import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { ReadinessVerdict, RunChangedSchema, RunState, type RunChanged } from '@daybreak/contracts';
import type { ReadinessVerdict as VerdictName } from '../run/readiness.js';
import { eligibleOf, type Run, type RunStateName } from '../run/run.js';

const STATE: Readonly<Record<RunStateName, RunState>> = {
  OPEN: RunState.OPEN,
  FROZEN: RunState.FROZEN,
  STAGED: RunState.STAGED,
  RUNNING: RunState.RUNNING,
  CLOSED: RunState.CLOSED,
};

const VERDICT: Readonly<Record<VerdictName, ReadinessVerdict>> = {
  GO: ReadinessVerdict.GO,
  GO_DEGRADED: ReadinessVerdict.GO_DEGRADED,
  NO_GO: ReadinessVerdict.NO_GO,
};

export const toRunChanged = (run: Run): RunChanged =>
  create(RunChangedSchema, {
    runId: run.runId,
    tenantId: run.tenantId,
    runDate: run.runDate,
    version: BigInt(run.version),
    state: STATE[run.state],
    window: {
      freezeAt: timestampFromMs(run.window.freezeAt),
      stagedBy: timestampFromMs(run.window.stagedBy),
      opensAt: timestampFromMs(run.window.opensAt),
      firstAttemptsEndAt: timestampFromMs(run.window.firstAttemptsEndAt),
      closesAt: timestampFromMs(run.window.closesAt),
      deadlineAt: timestampFromMs(run.window.deadlineAt),
      liveSealAt: timestampFromMs(run.window.liveSealAt),
      finalSealAt: timestampFromMs(run.window.finalSealAt),
      timeZone: run.timeZone,
      objective: run.objective,
      slaStage: run.slaStage,
    },
    planHash: run.planHash ?? '',
    jitterSeed: run.jitterSeed,
    eligible: BigInt(eligibleOf(run)),
    planned: BigInt(run.planned),
    fallback: BigInt(run.fallback),
    exclusions: run.exclusions.map(({ reason, recipients }) => ({ reason, recipients: BigInt(recipients) })),
    shards: run.shards.map(({ shardId, deliveries }) => ({ shardId, deliveries: BigInt(deliveries) })),
    changedAt: timestampFromMs(Math.floor(run.changedAtMs)),
    ...(run.readiness === undefined
      ? {}
      : {
          readiness: {
            verdict: VERDICT[run.readiness.verdict],
            reasons: [...run.readiness.reasons],
            judgedAt: timestampFromMs(Math.floor(run.readiness.judgedAtMs)),
          },
        }),
  });
