import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { AlertRaisedSchema, AlertSeverity, type AlertRaised } from '@daybreak/contracts';
import type { NumberState } from './fold-number.js';
import type { WabaStateValue } from './fold-waba.js';

type Mode = Pick<NumberState | WabaStateValue, 'mode' | 'reason'>;

/** An account that was halted, or goes on. */
export const alertOfWaba = (wabaId: string, before: Mode | undefined, after: Mode, atMs: number): AlertRaised[] =>
  alertsOf('DaybreakAccountHalted', `The account ${wabaId}`, { waba_id: wabaId }, { before, after, atMs });

/** A number that was halted by itself, or goes on. With its account it is no news of its own: that is one page, not one for each number. */
export const alertOfNumber = (
  number: { readonly shardId: string; readonly wabaRestriction: string },
  before: Mode | undefined,
  after: Mode,
  atMs: number,
): AlertRaised[] =>
  number.wabaRestriction === ''
    ? alertsOf('DaybreakNumberHalted', `The number of ${number.shardId}`, { shard_id: number.shardId }, { before, after, atMs })
    : [];

function alertsOf(
  alertName: string,
  what: string,
  labels: Record<string, string>,
  { before, after, atMs }: { readonly before: Mode | undefined; readonly after: Mode; readonly atMs: number },
): AlertRaised[] {
  const [was, is] = [before?.mode === 'halted', after.mode === 'halted'];
  if (was === is) return [];
  return [
    create(AlertRaisedSchema, {
      alertName,
      severity: AlertSeverity.PAGE,
      summary: is ? `${what} is halted: ${after.reason}` : `${what} may send again`,
      labels,
      runbook: `docs/runbooks/${alertName}.md`,
      raisedAt: timestampFromMs(atMs),
      resolved: was,
    }),
  ];
}
