import { localTimeOf } from '@daybreak/timing';
import type { Run } from './run.js';
import type { RunReport } from './run-report.js';

/** One line for people, e.g. `📩 06:00 delivery: 847/850 sent on time (99.6%), PASS`. */
export function describeReport(report: RunReport, run: Pick<Run, 'slaStage' | 'window' | 'timeZone'>): string {
  const onTime = report.onTime[run.slaStage];
  const ratio = report.ratio[run.slaStage];
  const share = ratio === null ? 'nobody was eligible' : `${(Math.floor(ratio * 1_000) / 10).toFixed(1)}%`;
  return `📩 ${advertisedTime(run)} delivery: ${onTime}/${report.denominator} ${run.slaStage} on time (${share}), ${report.verdict}`;
}

/** People call the window by the next full minute: 05:59:30 is 06:00. */
function advertisedTime({ window, timeZone }: Pick<Run, 'window' | 'timeZone'>): string {
  const MINUTE_MS = 60_000;
  return localTimeOf(Math.ceil(window.opensAt / MINUTE_MS) * MINUTE_MS, timeZone).slice(0, 5);
}
