import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import {
  AlertRaisedSchema,
  AlertSeverity,
  DeliveryMovedSchema,
  ReadinessVerdict,
  RunChangedSchema,
  ShardMode,
  ShardReportedSchema,
  ShardStateSchema,
  TemplateRole,
  TemplateStateSchema,
  WabaMode,
  WabaStateSchema,
} from '@daybreak/contracts';
import { describe, expect, it } from '@jest/globals';
import { incidentsOf, type Told } from './incident.js';

const silence: Told = { alerts: [], moves: [], runs: [], shards: [], reports: [], templates: [], wabas: [] };
const story = (told: Partial<Told>): string[] => incidentsOf({ ...silence, ...told }).map(({ kind, what }) => `${kind}: ${what}`);

const aRun = (atMs: number, verdict: ReadinessVerdict, ...reasons: string[]) =>
  create(RunChangedSchema, { readiness: { verdict, reasons, judgedAt: timestampFromMs(atMs) } });
const aShard = (atMs: number, mode: ShardMode, reason = '') =>
  create(ShardStateSchema, {
    shardId: 'shard-1',
    mode,
    allowedRate: mode === ShardMode.HALTED ? 0 : 80,
    reason,
    version: BigInt(atMs),
    changedAt: timestampFromMs(atMs),
  });
const aTemplate = (atMs: number, role: TemplateRole, reason = '') =>
  create(TemplateStateSchema, {
    name: 'daily_pack_v1',
    language: 'en',
    role,
    reason,
    version: BigInt(atMs),
    changedAt: timestampFromMs(atMs),
  });
const aReport = (atMs: number, shardId: string, ...breakers: string[]) =>
  create(ShardReportedSchema, { shardId, breakers, reportedAt: timestampFromMs(atMs) });
const aMove = (atMs: number, toShardId: string) =>
  create(DeliveryMovedSchema, { fromShardId: 'shard-1', toShardId, reason: 'the number is halted', movedAt: timestampFromMs(atMs) });

describe(incidentsOf.name, () => {
  it('has nothing to tell of how things are before anything happened', () => {
    expect(
      story({
        shards: [aShard(1, ShardMode.ACTIVE)],
        templates: [aTemplate(1, TemplateRole.ACTIVE)],
        wabas: [create(WabaStateSchema, { wabaId: '2', mode: WabaMode.ACTIVE, version: 1n, changedAt: timestampFromMs(1) })],
        reports: [aReport(1, 'shard-1')],
      }),
    ).toEqual([]);
  });

  it('tells what happened in the order in which it happened, whichever topic told it first', () => {
    const told = story({
      runs: [aRun(5_000, ReadinessVerdict.GO)],
      shards: [aShard(60_000, ShardMode.HALTED, 'the platform says BANNED'), aShard(1, ShardMode.ACTIVE)],
      moves: [aMove(62_000, 'shard-2'), aMove(62_000, 'shard-2'), aMove(62_000, 'shard-3')],
      reports: [aReport(61_000, 'shard-2', 'shard 4: policy'), aReport(60_500, 'shard-1', 'shard 4: policy')],
      alerts: [
        create(AlertRaisedSchema, {
          alertName: 'DaybreakShardMoved',
          severity: AlertSeverity.PAGE,
          summary: '3 go',
          raisedAt: timestampFromMs(62_000),
        }),
      ],
    });

    expect(told).toEqual([
      'gate: GO',
      'number: shard-1 is halted, 0/s: the platform says BANNED',
      'breaker: opened: shard 4: policy',
      'move: 2 deliveries moved from shard-1 to shard-2: the number is halted',
      'move: 1 deliveries moved from shard-1 to shard-3: the number is halted',
      'alert: DaybreakShardMoved (page): 3 go',
    ]);
  });

  it('tells a state once, however often it is repeated, and again when it changed back', () => {
    expect(
      story({
        runs: [
          aRun(1, ReadinessVerdict.GO_DEGRADED, 'no standby'),
          aRun(2, ReadinessVerdict.GO_DEGRADED, 'no standby'),
          aRun(3, ReadinessVerdict.GO),
        ],
        templates: [
          aTemplate(1, TemplateRole.ACTIVE),
          aTemplate(4, TemplateRole.NONE, 'not approved on every WABA (PAUSED)'),
          aTemplate(5, TemplateRole.ACTIVE),
        ],
      }),
    ).toEqual([
      'gate: GO-DEGRADED; no standby',
      'gate: GO',
      'template: daily_pack_v1/en is not to be used: not approved on every WABA (PAUSED)',
      'template: daily_pack_v1/en is active',
    ]);
  });

  it('says which alerts are over', () => {
    const over = create(AlertRaisedSchema, {
      alertName: 'DaybreakWebhooksMissing',
      severity: AlertSeverity.PAGE,
      summary: 'they come again',
      resolved: true,
    });

    expect(story({ alerts: [over] })).toEqual(['alert: DaybreakWebhooksMissing (resolved): they come again']);
  });
});
