import chalk from 'chalk';
import type { RunReport } from '../morning/report.js';

const brand = chalk.hex('#0EA5E9');

/** One line for people, with the team's tag. */
export const say = (line: string): void => {
  process.stdout.write(`${brand('[WHATSAPP-0EA5E9]')} ${line}\n`);
};

export interface Outcome {
  readonly broken: readonly string[];
  readonly differences: readonly string[];
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
  for (const [code, count] of Object.entries(report.failuresByCode)) row(`failed with ${code}`, String(count));
  for (const [cause, count] of Object.entries(report.missesByCause)) row(`missed: ${cause}`, String(count));
  row('twice · lost · outside', `${report.duplicates} · ${report.lost} · ${report.outOfWindow}`);
  for (const line of outcome.broken) say(chalk.red(`broken promise: ${line}`));
  for (const line of outcome.differences) say(chalk.red(`the witness disagrees: ${line}`));
  if (outcome.broken.length + outcome.differences.length === 0)
    say(
      chalk.green(
        `the platform’s own ledger agrees: ${report.witness?.accepted ?? 0} accepted, nobody twice, nobody forgotten, nobody without consent`,
      ),
    );
  say(`report ${outcome.files.report} · ledger ${outcome.files.ledger} · logs ${outcome.files.logs}`);
}

/** Rounded down: 98.96 % is not 99 %. */
const percent = (ratio: number | null): string => (ratio === null ? 'no data' : `${(Math.floor(ratio * 1_000) / 10).toFixed(1)}%`);
