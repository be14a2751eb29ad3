import chalk from 'chalk';
import { DateTime } from 'luxon';
import type { RunReport } from '../morning/report.js';
import { TIME_ZONE } from '../morning/run-plan.js';

const brand = chalk.hex('#0EA5E9');

/** One line for people, with the team's tag. */
export const say = (line: string): void => {
  process.stdout.write(`${brand('[WHATSAPP-0EA5E9]')} ${line}\n`);
};

export interface Outcome {
  readonly broken: readonly string[];
  readonly differences: readonly string[];
  readonly unexpected: readonly string[];
  readonly files: { readonly report: string; readonly ledger: string; readonly logs: string };
}

/** The SLA report, the way an operator reads it: the ratio with its counts, then where the misses come from, then who says so. */
export function tellReport(report: RunReport, outcome: Outcome): void {
  const stage = report.slaStage;
  const share = percent(report.ratio[stage]);
  say(`📩 06:00 delivery: ${report.onTime[stage]}/${report.denominator} ${stage} successfully (${share})`);
  const verdict =
    report.verdict === 'PASS' ? chalk.green(report.verdict) : report.verdict === 'FAIL' ? chalk.red(report.verdict) : report.verdict;
  say(`SLA ${percent(report.objective)} on ${stage} before 06:05:00: ${verdict}`);
  if (report.scenario) say(`scenario ${report.scenario.name}: ${report.scenario.about}`);
  const row = (name: string, text: string): void => say(`  ${name.padEnd(24)}${text}`);
  row('accepted on time', `${report.onTime.accepted} of ${report.denominator} (${percent(report.ratio.accepted)})`);
  row('sent on time', `${report.onTime.sent} of ${report.denominator} (${percent(report.ratio.sent)})`);
  row('delivered on time', `${report.onTime.delivered} of ${report.denominator} (${percent(report.ratio.delivered)})`);
  row(
    'planned',
    `${report.planned} = accepted ${report.accepted} + failed ${report.failed} + suppressed ${report.suppressed} + expired ${report.expired} + unresolved ${report.unresolved}`,
  );
  row('eligible', `${report.eligible}, less ${report.eligible - report.denominator} who opted out before their POST`);
  row('fallback pack', String(report.fallback));
  row('attempts', `${report.attempts}, of which refused for rate: ${report.rateLimited}`);
  for (const shard of report.perShard) row(shard.shardId, `${shard.accepted} accepted, at most ${shard.maxPerRollingSecond} in any second`);
  for (const { code, deliveries, why } of report.failures) row(`failed with ${code}`, `${deliveries}: ${why}`);
  for (const [cause, count] of Object.entries(report.missesByCause)) row(`missed: ${cause}`, `${count}${detailsOf(report, cause)}`);
  row('twice · lost · outside', `${report.duplicates} · ${report.lost} · ${report.outOfWindow}`);
  tellStory(report);
  for (const line of outcome.broken) say(chalk.red(`broken promise: ${line}`));
  for (const line of outcome.differences) say(chalk.red(`the witness disagrees: ${line}`));
  for (const line of outcome.unexpected) say(chalk.yellow(`not to be expected in this scenario: ${line}`));
  if (report.witness?.agrees) {
    const without = report.failed + report.expired;
    const forgotten = without === 0 ? 'nobody forgotten' : `${without} without one, each for a reason`;
    say(
      chalk.green(
        `the platform’s own ledger agrees: ${report.witness.accepted} accepted, nobody twice, ${forgotten}, nobody without consent`,
      ),
    );
  }
  say(`report ${outcome.files.report} · ledger ${outcome.files.ledger} · logs ${outcome.files.logs}`);
}

/** What happened, in order, and who was left out of the plan. */
function tellStory(report: RunReport): void {
  for (const { reason, recipients } of report.exclusions) say(`  not planned: ${recipients}, ${reason}`);
  for (const { at, kind, what } of report.incidents ?? []) say(`  ${localTime(at)} ${kind.padEnd(9)}${what}`);
}

const localTime = (at: string): string => DateTime.fromISO(at, { zone: TIME_ZONE }).toFormat('HH:mm:ss');

function detailsOf({ missesByDetail }: RunReport, cause: string): string {
  const details = Object.entries(missesByDetail).filter(([detail]) => detail.startsWith(`${cause}/`));
  return details.length === 0 ? '' : ` (${details.map(([detail, count]) => `${detail.slice(cause.length + 1)} ${count}`).join(', ')})`;
}

const NAME_CELLS = 18;

/** One morning of many. */
export function tellLine(name: string, seconds: number, result: RunReport | Error): void {
  const head = `${name.padEnd(NAME_CELLS)} ${String(seconds).padStart(4)} s `;
  if (result instanceof Error) return say(chalk.red(`${head} FAILED: ${result.message.split('\n')[0]}`));
  const { witness, planned, accepted, ratio, slaStage, duplicates, lost, verdict } = result;
  const agrees = witness?.agrees === true && (witness.unexpected ?? []).length === 0;
  const counts = `planned ${planned}  accepted ${accepted}  ${slaStage} on time ${percent(ratio[slaStage])}  twice ${duplicates}  lost ${lost}`;
  say((agrees ? chalk.green : chalk.red)(`${head} ${agrees ? 'as expected' : 'UNEXPECTED '}  ${counts}  ${verdict}  ${whyOf(result)}`));
}

/** What the misses come from, in a few words. */
function whyOf({ missesByDetail }: RunReport): string {
  const details = Object.entries(missesByDetail).filter(([detail]) => !detail.startsWith('not_eligible/'));
  return details.length === 0 ? 'nobody missed it' : `missed: ${details.map(([detail, count]) => `${detail} ${count}`).join(', ')}`;
}

/** Rounded down: 98.96 % is not 99 %. */
const percent = (ratio: number | null): string => (ratio === null ? 'no data' : `${(Math.floor(ratio * 1_000) / 10).toFixed(1)}%`);
