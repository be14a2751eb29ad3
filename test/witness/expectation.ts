import { z } from 'zod';
import type { Figures } from './figures.js';

const share = z.number().min(0).max(1);
/** From and to, both included. */
const span = z.tuple([share, share]).refine(([from, to]) => from <= to, 'from must not exceed to');

/**
 * What must come of a morning in which something goes wrong on purpose: what it may lose, why, and what must be said of it. The defaults are
 * an ordinary morning's, so a scenario names only what it changes; what it does not name is broken.
 */
export const expectationSchema = z.strictObject({
  /** One sentence: what a correct Daybreak makes of it. */
  outcome: z.string().min(1),
  verdict: z.array(z.enum(['PASS', 'FAIL'])).default(['PASS']),
  gate: z.array(z.enum(['GO', 'GO_DEGRADED', 'NO_GO'])).default(['GO']),
  /** Of those who had to get a message: accepted inside the window. */
  accepted: span.default([1, 1]),
  /** Of the same: sent before the deadline, by the platform's stamps that reached us. */
  sentOnTime: span.default([0.97, 1]),
  /** Deliveries accepted twice: at most. */
  duplicates: z.int().min(0).default(0),
  /** `name/language` of templates by which messages must have been accepted. */
  templates: z.array(z.string()).default([]),
  /** Codes with which the platform may refuse, or give up, a message, beyond those of people (not on WhatsApp, capped, holdout). */
  codes: z.array(z.int()).default([]),
  /** `<cause>/<detail>` of what may be missed, beyond the recipients' own. */
  misses: z.array(z.string()).default([]),
  /** Alerts that must be raised, by name; no others may be. */
  alerts: z.array(z.string()).default([]),
  /** Alerts that may be raised or not: it depends on who notices first. */
  mayAlert: z.array(z.string()).default([]),
  /** Words of the story, as regular expressions: `<kind>: <what>`. */
  story: z.array(z.string()).default([]),
  /** The same for what must not happen. */
  notInStory: z.array(z.string()).default([]),
});

export type Expectation = z.output<typeof expectationSchema>;

/** Not on WhatsApp, in a holdout, capped: a few of these are in every morning. */
const CODES_OF_PEOPLE: readonly number[] = [131_026, 131_049, 130_472];

/** What is claimed of a morning, as far as an expectation speaks of it. */
export interface Outcome {
  readonly verdict: string;
  readonly gate: string | undefined;
  readonly missesByDetail: Readonly<Record<string, number>>;
  /** Deliveries that have no end, and those of which nothing was ever heard. */
  readonly unresolved: number;
  readonly lost: number;
  /** Ended without a message, each with its reason: refused, expired, suppressed, or left out of the plan. */
  readonly endedWithout: number;
  /** `<kind>: <what>`. */
  readonly story: readonly string[];
  readonly alerts: readonly string[];
  /** Those of them that were raised only while the inputs were still on their way: what is not ready then is no news. */
  readonly earlyAlerts: readonly string[];
}

/** Who had to get a message: how many there are, and how many of them the ledger knows nothing of. */
export interface Audience {
  readonly mustGet: number;
  readonly withoutMessage: number;
}

/** What came of a morning and was not to be expected, in words; none is good. */
export function unexpected(expected: Expectation, figures: Figures, outcome: Outcome, audience: Audience): string[] {
  const codes = Object.keys({ ...figures.refusedByCode, ...figures.failedByCode }).map(Number);
  const strangeCodes = codes.filter((code) => !CODES_OF_PEOPLE.includes(code) && !expected.codes.includes(code));
  const misses = Object.keys(outcome.missesByDetail);
  const strangeMisses = misses.filter((miss) => !isOfPeople(miss) && !expected.misses.includes(miss));
  const known = [...expected.alerts, ...expected.mayAlert, ...outcome.earlyAlerts];
  const strangeAlerts = outcome.alerts.filter((name) => !known.includes(name));
  // Of very few advisors, one who is not on WhatsApp is more than a hundredth.
  const onlyPeople = misses.length > 0 && misses.every(isOfPeople);
  return [
    ...(outcome.verdict === 'FAIL' && onlyPeople ? [] : noneOf('verdict', outcome.verdict, expected.verdict)),
    ...noneOf('gate', outcome.gate ?? 'silent', expected.gate),
    ...outside('accepted', audience.mustGet - audience.withoutMessage, audience.mustGet, expected.accepted),
    ...outside('sent on time', figures.onTime.sent, audience.mustGet, expected.sentOnTime),
    ...(figures.duplicates.length > expected.duplicates ? [`${figures.duplicates.length} deliveries were accepted twice`] : []),
    ...(audience.withoutMessage > outcome.endedWithout
      ? [`${audience.withoutMessage} advisors got no message, but only ${outcome.endedWithout} deliveries ended without one`]
      : []),
    ...(outcome.unresolved > 0 ? [`${outcome.unresolved} deliveries have no end`] : []),
    ...(outcome.lost > 0 ? [`${outcome.lost} deliveries are lost`] : []),
    ...expected.templates.filter((template) => !figures.acceptedByTemplate.has(template)).map((template) => `nothing sent by ${template}`),
    ...strangeCodes.map((code) => `code ${code}`),
    ...strangeMisses.map((miss) => `missed for ${miss}: ${outcome.missesByDetail[miss]}`),
    ...strangeAlerts.map((name) => `alert ${name}`),
    ...expected.alerts.filter((name) => !outcome.alerts.includes(name)).map((name) => `no alert ${name}`),
    ...expected.story.filter((words) => !tells(outcome.story, words)).map((words) => `nothing told of “${words}”`),
    ...expected.notInStory.filter((words) => tells(outcome.story, words)).map((words) => `told of “${words}”`),
  ];
}

const isOfPeople = (miss: string): boolean => miss.startsWith('recipient/') || miss.startsWith('not_eligible/');

const tells = (story: readonly string[], words: string): boolean => story.some((line) => new RegExp(words).test(line));

const noneOf = (what: string, actual: string, expected: readonly string[]): string[] =>
  expected.includes(actual) ? [] : [`${what} ${actual}, expected ${expected.join(' or ')}`];

/** In whole deliveries: of few, a share is coarse. More than had to be there are those who wrote STOP too late. */
function outside(what: string, count: number, of: number, [from, to]: Expectation['accepted']): string[] {
  const share = of === 0 ? 1 : Math.min(1, count / of);
  return count >= Math.floor(from * of) && (to === 1 || count <= Math.ceil(to * of))
    ? []
    : [`${what} ${percent(share)}, expected ${percent(from)} to ${percent(to)}`];
}

const percent = (ratio: number): string => `${(ratio * 100).toFixed(1)} %`;
