import type { QueueSurvey, Survey, SurveyedShard } from '../operations/survey.js';
import type { Breaker } from '../states/breakers.js';
import type { Control } from '../states/control.js';

/** An operator's word, as the API tells it. */
export const toControlView = (control: Control) => ({
  paused: control.paused,
  draining: control.draining,
  maxRate: control.maxRate,
  reason: control.reason,
  actor: control.actor,
  updatedAt: new Date(control.updatedAtMs).toISOString(),
});

const toBreakerView = ({ scope, key, fault, openedAtMs, until }: Breaker) => ({
  scope,
  key,
  fault,
  openedAt: new Date(openedAtMs).toISOString(),
  endedBy: typeof until === 'number' ? 'time' : until,
  until: typeof until === 'number' ? new Date(Math.ceil(until)).toISOString() : null,
});

export const toShardView = (one: SurveyedShard) => ({
  shardId: one.shard.shardId,
  phoneNumberId: one.shard.phoneNumberId,
  wabaId: one.shard.wabaId,
  role: one.shard.role,
  state: one.shard.mode,
  owner: one.owner,
  epoch: one.epoch,
  heldBack: one.heldBack,
  drained: one.drained,
  control: one.control && toControlView(one.control),
  capacity: one.capacity,
  runId: one.runId,
  due: one.due,
  claimed: one.deliveries.CLAIMED ?? 0,
  inFlight: one.inFlight,
  deliveries: one.deliveries,
  startedHour: one.startedHour,
  startedDay: one.startedDay,
  breakers: one.breakers.map(toBreakerView),
});

export const toSurveyView = (survey: Survey) => ({
  killSwitch: survey.everybody && toControlView(survey.everybody),
  shards: survey.shards.map(toShardView),
  accounts: survey.wabas,
  breakers: survey.breakers.map(toBreakerView),
});

export const toQueuesView = ({ queues, redis }: QueueSurvey) => {
  const isAway = typeof redis === 'string';
  return {
    queues,
    redis: isAway ? { reachable: false, concerns: [redis] } : { reachable: true, ...redis },
  };
};
