import { z } from 'zod';
import type { CommandSet } from '../cli.js';
import { table } from '../table.js';

const counted = z.array(z.looseObject({ reason: z.string(), recipients: z.number() }));
const run = z.looseObject({
  runId: z.string(),
  state: z.string(),
  planned: z.number(),
  fallback: z.number(),
  exclusions: counted,
  shards: z.array(z.looseObject({ shardId: z.string(), deliveries: z.number() })),
  readiness: z.looseObject({ verdict: z.string(), reasons: z.array(z.string()) }),
});
const ratio = z.record(z.enum(['accepted', 'sent', 'delivered']), z.number().nullable());
const report = z.looseObject({
  runId: z.string(),
  verdict: z.string(),
  sealed: z.boolean(),
  objective: z.number(),
  slaStage: z.string(),
  denominator: z.number(),
  onTime: z.record(z.enum(['accepted', 'sent', 'delivered']), z.number()),
  ratio,
  missesByDetail: z.record(z.string(), z.number()),
});
const explanation = z.union([z.looseObject({ excluded: z.string() }), z.looseObject({ planned: z.looseObject({}) })]);
const timeline = z.looseObject({
  status: z.string(),
  shardId: z.string().nullable(),
  reason: z.string().nullable(),
  miss: z.looseObject({ cause: z.string(), detail: z.string() }).nullable(),
  ladder: z.record(z.string(), z.string().nullable()),
});

/** What is planned and how it went. Changes nothing. */
export const runCommands: CommandSet = (program, cli) => {
  const runs = program.command('runs').description('mornings: what is planned, what the gate says, how it went, why somebody got nothing');

  runs
    .command('list')
    .description('the latest runs')
    .action(async () => {
      const answer = await cli.scheduler.get('/runs', z.array(run));
      cli.show(answer, () =>
        table(
          ['RUN', 'STATE', 'PLANNED', 'NOT PLANNED', 'GATE'],
          answer.map((one) => [one.runId, one.state, one.planned, one.exclusions.reduce((sum, e) => sum + e.recipients, 0), gateOf(one)]),
        ),
      );
    });

  runs
    .command('show <run>')
    .description('its plan in numbers, and what the readiness gate says')
    .action(async (runId: string) => {
      const answer = await cli.scheduler.get(pathOf(runId), run);
      cli.show(answer, () => planAsText(answer));
    });

  runs
    .command('report <run>')
    .description('how many were on time, and whose fault the misses are')
    .action(async (runId: string) => {
      const answer = await cli.slaTracker.get(pathOf(runId), report);
      cli.show(answer, () => reportAsText(answer));
    });

  runs
    .command('why <run> <recipient>')
    .description('why did this advisor get nothing?')
    .action(async (runId: string, recipientId: string) => {
      const planned = await cli.scheduler.get(`${pathOf(runId)}/recipients/${encodeURIComponent(recipientId)}`, explanation);
      if ('excluded' in planned) return cli.show(planned, () => `${recipientId}: not in the plan, ${String(planned.excluded)}\n`);
      const way = await cli.slaTracker.get(`${pathOf(runId)}/deliveries/${encodeURIComponent(recipientId)}`, timeline);
      cli.show({ ...planned, delivery: way }, () => wayAsText(recipientId, way));
    });
};

const pathOf = (runId: string): string => `/runs/${encodeURIComponent(runId)}`;

const gateOf = ({ readiness }: z.output<typeof run>): string => readiness.verdict.replaceAll('_', '-');

const percent = (share: number | null | undefined): string =>
  share === null || share === undefined ? '–' : `${Math.floor(share * 10_000) / 100} %`;

function planAsText(one: z.output<typeof run>): string {
  const said = one.readiness.reasons.map((reason) => `  ${reason}\n`).join('');
  const head = `${one.runId}: ${one.state}, ${one.planned} planned, ${one.fallback} of them with the fallback pack\ngate: ${gateOf(one)}\n${said}`;
  const shares = table(['NUMBER', 'DELIVERIES'], one.shards.map(({ shardId, deliveries }) => [shardId, deliveries])); // prettier-ignore
  const left = table(['NOT PLANNED', 'RECIPIENTS'], one.exclusions.map(({ reason, recipients }) => [reason, recipients])); // prettier-ignore
  return [head, shares, ...(one.exclusions.length === 0 ? [] : [left])].join('\n');
}

function reportAsText(one: z.output<typeof report>): string {
  const kind = one.sealed ? 'sealed' : 'so far';
  const head = `${one.runId}: ${one.verdict} (${kind}), ${percent(one.objective)} of ${one.denominator} had to be ${one.slaStage} on time\n\n`;
  const stages = (['accepted', 'sent', 'delivered'] as const).map((stage) => [stage, one.onTime[stage] ?? 0, percent(one.ratio[stage])]);
  const misses = Object.entries(one.missesByDetail).sort(([, a], [, b]) => b - a);
  return [
    head,
    table(['ON TIME', 'DELIVERIES', 'SHARE'], stages),
    ...(misses.length === 0 ? [] : ['\n', table(['MISSED', 'DELIVERIES'], misses)]),
  ].join('');
}

function wayAsText(recipientId: string, way: z.output<typeof timeline>): string {
  const miss = way.miss === null ? '' : `; missed: ${way.miss.cause}, ${way.miss.detail}`;
  const head = `${recipientId}: ${way.status} on ${way.shardId ?? 'no number'}${way.reason === null ? '' : `, ${way.reason}`}${miss}\n\n`;
  return head + table(['RUNG', 'AT'], Object.entries(way.ladder));
}
