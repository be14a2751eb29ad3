import { errorMeaning } from '@daybreak/cloud-api';
import { z } from 'zod';
import type { Clock } from '@daybreak/kernel';
import type { Figures } from './figures.js';
import { READINESS_VERDICTS, RUN_STATES, type Run } from './run.js';
import type { NumberTally } from './tally.js';

const count = z.int().min(0);
const ratio = z.number().min(0).max(1).nullable();
const perStage = <T extends z.ZodType>(of: T) => z.object({ accepted: of, sent: of, delivered: of });

/** What a line of the story is about. */
const INCIDENT_KINDS = ['gate', 'number', 'account', 'template', 'breaker', 'move', 'alert'] as const;

/** `report.json`. `docs/report.schema.json` is made from this. */
export const runReportSchema = z
  .object({
    runId: z.string().describe('<tenant>-<yyyymmdd>-<window>.'),
    runDate: z.iso.date().describe('Local calendar date.'),
    state: z.enum(RUN_STATES),
    sealed: z.boolean().describe('True once this figure was sealed: from then on it does not change.'),
    sealedAt: z.iso.datetime().nullable().describe('When, by the clock of the run; null before.'),
    seed: z.int().min(0).optional().describe('Of the demo or rehearsal that made this report; absent in production.'),
    speed: z.number().positive().describe('Clock seconds per real second; 1 in production.'),
    eligible: count.describe('Counted at the freeze: opted in, a pack or the fallback, an active template, capacity.'),
    planned: count.describe('= accepted + failed + suppressed + expired + unresolved.'),
    accepted: count.describe('The Cloud API took the message, whatever became of it.'),
    sent: count.describe('Meta said sent, delivered or read.'),
    delivered: count.describe('Meta said delivered or read.'),
    read: count,
    failed: count.describe('Refused for good; no message was ever accepted.'),
    failedAfterAcceptance: count.describe('Of those accepted: Meta gave the message up. Also in `accepted`.'),
    held: count.describe('Of those accepted: kept back by Meta’s pacing at this moment.'),
    suppressed: count.describe('Not sent on purpose: consent, withdrawn pack, kill switch.'),
    expired: count.describe('The window closed first.'),
    unresolved: count.describe('No end is known yet.'),
    late: count.describe('Accepted POSTs that started after the window, under LATE_POLICY=send-late.'),
    fallback: count.describe('Of those planned: with the fallback pack of their language.'),
    denominator: count.describe('Eligible less those whose opt-out or withdrawal came before their POST. Of the ratios.'),
    onTime: perStage(count).describe('accepted: the POST started inside the window. sent, delivered: stamped before the deadline.'),
    ratio: perStage(ratio).describe('onTime / denominator; null where nobody was eligible.'),
    objective: z.number().min(0).max(1),
    slaStage: z.enum(['sent', 'delivered']).describe('The stage that the verdict is of.'),
    verdict: z.enum(['PASS', 'FAIL', 'NO_DATA']),
    attempts: count.describe('POSTs to the Cloud API.'),
    duplicates: count.describe('Deliveries of which more than one message was accepted.'),
    lost: count.describe('Planned, and nothing was ever heard of them. 0 before the deadline.'),
    outOfWindow: count.describe('POSTs that started outside the window.'),
    rateLimited: count.describe('POSTs that were refused with 130429.'),
    failuresByCode: z
      .record(z.string().regex(/^\d+$/), count)
      .describe('Deliveries by Meta’s code, refused or failed; 0 where Meta gave none.'),
    failures: z
      .array(z.object({ code: z.int().min(0), deliveries: count, why: z.string() }))
      .describe('The same in words, most frequent first: what happened and what to do.'),
    exclusions: z
      .array(z.object({ reason: z.string(), recipients: count }))
      .describe('Who is known and not in the plan: no-consent, no-pack, portfolio-limit …'),
    readiness: z
      .object({ verdict: z.enum(READINESS_VERDICTS), reasons: z.array(z.string()) })
      .nullable()
      .describe('The last word of the readiness gate, worst reason first; null when it said nothing.'),
    perShard: z.array(
      z.object({
        shardId: z.string(),
        phoneNumberId: z.string(),
        accepted: count.describe('Messages that Meta took from this number.'),
        maxPerRollingSecond: count.describe('Most POSTs in any span of one second.'),
      }),
    ),
    missesByCause: z
      .object({ ours: count, platform: count, recipient: count, not_eligible: count })
      .describe('Who missed the stage, by who is answerable. not_eligible is not in the denominator. All 0 before the deadline.'),
    missesByDetail: z.record(z.string(), count).describe('The same, as <cause>/<detail>.'),
    scenario: z.object({ name: z.string(), about: z.string() }).optional().describe('The trouble that was made on purpose (simulator).'),
    incidents: z
      .array(z.object({ at: z.iso.datetime(), kind: z.enum(INCIDENT_KINDS), what: z.string() }))
      .optional()
      .describe('What happened during a demo or rehearsal and what was done about it, as the topics told it, oldest first.'),
    witness: z
      .object({ accepted: count, duplicates: count, agrees: z.boolean(), unexpected: z.array(z.string()).optional() })
      .optional()
      .describe('The platform’s own ledger beside it, where there is one (simulator), and what its scenario did not lead to expect.'),
  })
  .meta({ title: 'Daybreak run report', description: 'What a morning came to. Counts are of deliveries unless said otherwise.' });

export type RunReport = z.output<typeof runReportSchema>;

export interface ReportInputs {
  readonly run: Run;
  readonly figures: Figures;
  readonly numbers: readonly NumberTally[];
  readonly clock: Pick<Clock, 'speed'>;
  /** When the figure was sealed, epoch ms; undefined for the figure of now. */
  readonly sealedAtMs?: number | undefined;
}

/** Members stand in the order of the schema: people read it. */
export function reportOf({ run, figures, numbers, clock, sealedAtMs }: ReportInputs): RunReport {
  const report: RunReport = {
    ...figures,
    runId: run.runId,
    runDate: run.runDate,
    state: run.state,
    sealed: sealedAtMs !== undefined,
    sealedAt: sealedAtMs === undefined ? null : new Date(sealedAtMs).toISOString(),
    speed: clock.speed,
    objective: run.objective,
    slaStage: run.slaStage,
    failures: Object.entries(figures.failuresByCode)
      .map(([code, deliveries]) => ({ code: Number(code), deliveries, why: whyOf(Number(code)) }))
      .sort((a, b) => b.deliveries - a.deliveries || a.code - b.code),
    exclusions: [...run.exclusions],
    readiness: run.readiness === undefined ? null : { verdict: run.readiness.verdict, reasons: [...run.readiness.reasons] },
    outOfWindow: numbers.reduce((total, number) => total + number.outOfWindow, 0),
    perShard: numbers.map(({ shardId, phoneNumberId, accepted, maxPerRollingSecond }) => ({
      shardId,
      phoneNumberId,
      accepted,
      maxPerRollingSecond,
    })),
  };
  return runReportSchema.parse(report);
}

/** Codes that come in an answer mean the same in a `failed` status, but for a few that only a status carries. */
const whyOf = (code: number): string => (code === 0 ? 'Meta gave no code.' : errorMeaning(code, null, 'async').why);
