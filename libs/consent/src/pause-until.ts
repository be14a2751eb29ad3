import { localDateOf, plusLocalDays, startOfLocalDay } from '@daybreak/timing';

/** How long a PAUSE lasts. A date is the first local day that sends again; `resumed` lasts until a RESUME or START. */
export type PauseUntil =
  | { readonly days: number }
  | { readonly date: string }
  /** The next such day; month 1-12. */
  | { readonly month: number; readonly day: number }
  | 'resumed';

const LONGEST_PAUSE_DAYS = 366;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** Number words that people use for a pause; digits are read as such. */
const COUNTS: Readonly<Record<string, number>> = {
  ...{ a: 1, an: 1, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, ten: 10 },
  ...{ एक: 1, दो: 2, तीन: 3, चार: 4, पांच: 5, सात: 7, दस: 10, दोन: 2, पाच: 5, दहा: 10 },
  ...{ ek: 1, do: 2, teen: 3, tin: 3, char: 4, paanch: 5, saat: 7, das: 10, don: 2, pach: 5, daha: 10 },
};

const UNIT_DAYS: readonly (readonly [RegExp, number])[] = [
  [/^(days?|din|dino|divas|divasa|दिन|दिनों|दिवस|दिवसां|दिवसा)$/u, 1],
  [/^(weeks?|hafta|hafte|haftah|saptah|athavda|athavde|हफ्ता|हफ्ते|हफ्तों|सप्ताह|आठवडा|आठवडे|आठवड्यां|आठवड्या)$/u, 7],
  [/^(months?|mahina|mahine|महीना|महीने|महीनों|महिना|महिने|महिन्यां|महिन्या)$/u, 30],
];

/** English, Hindi and Marathi names of the months; a Latin name may be cut to three letters. */
const MONTHS: readonly (readonly string[])[] = [
  ['january', 'जनवरी', 'जानेवारी'],
  ['february', 'फरवरी', 'फेब्रुवारी'],
  ['march', 'मार्च'],
  ['april', 'अप्रैल', 'एप्रिल'],
  ['may', 'मई', 'मे'],
  ['june', 'जून'],
  ['july', 'जुलाई', 'जुलै'],
  ['august', 'अगस्त', 'ऑगस्ट'],
  ['september', 'सितंबर', 'सप्टेंबर'],
  ['october', 'अक्टूबर', 'अक्तूबर', 'ऑक्टोबर'],
  ['november', 'नवंबर', 'नोव्हेंबर'],
  ['december', 'दिसंबर', 'डिसेंबर'],
];

/** Reads the `#` of a bounded pause: `7 days`, `a week`, `2026-12-15`, `15/12`, `15 december`, `१५ डिसेंबर`. */
export const parsePauseUntil = (text: string): PauseUntil | undefined => parseDuration(text) ?? parseDate(text);

function parseDuration(text: string): PauseUntil | undefined {
  const [count = '', unit = '', ...rest] = text.split(' ');
  if (rest.length > 0) return undefined;
  const unitDays = UNIT_DAYS.find(([pattern]) => pattern.test(unit))?.[1];
  const many = /^\d{1,3}$/.test(count) ? Number(count) : Object.hasOwn(COUNTS, count) ? COUNTS[count] : undefined;
  if (unitDays === undefined || many === undefined) return undefined;
  const days = many * unitDays;
  return days >= 1 && days <= LONGEST_PAUSE_DAYS ? { days } : undefined;
}

function parseDate(text: string): PauseUntil | undefined {
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (iso) return dateOf(Number(iso[3]), Number(iso[2]), iso[1]);
  // Day first, as in India.
  const numeric = /^(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}))?$/.exec(text);
  if (numeric) return dateOf(Number(numeric[1]), Number(numeric[2]), numeric[3]);
  const dayFirst = /^(\d{1,2})(?:st|nd|rd|th)? ([^\d\s]+)(?: (\d{4}))?$/u.exec(text);
  if (dayFirst) return dateOf(Number(dayFirst[1]), monthOf(dayFirst[2] ?? ''), dayFirst[3]);
  const monthFirst = /^([^\d\s]+) (\d{1,2})(?:st|nd|rd|th)?(?: (\d{4}))?$/u.exec(text);
  return monthFirst ? dateOf(Number(monthFirst[2]), monthOf(monthFirst[1] ?? ''), monthFirst[3]) : undefined;
}

/** 1-12, or 0 for a word that is no month. */
const monthOf = (word: string): number =>
  MONTHS.findIndex(([english = '', ...others]) => word === english || word === english.slice(0, 3) || others.includes(word)) + 1;

function dateOf(day: number, month: number, year: string | undefined): PauseUntil | undefined {
  // Without a year, 29 February may come.
  if (!isCalendarDay(year === undefined ? 2024 : Number(year), month, day)) return undefined;
  return year === undefined ? { month, day } : { date: isoDate(Number(year), month, day) };
}

function isCalendarDay(year: number, month: number, day: number): boolean {
  const lengths = [31, year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day >= 1 && day <= (lengths[month - 1] ?? 0);
}

const isoDate = (year: number, month: number, day: number): string =>
  `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;

/**
 * When a pause that is asked for now ends by itself, epoch ms; undefined when only the recipient ends it. Days are counted
 * from now, so that `pause 7 days` skips seven mornings; a date ends it with that local day's first instant.
 */
export function pauseEndsAt(until: PauseUntil, nowMs: number, tz: string): number | undefined {
  if (until === 'resumed') return undefined;
  if ('days' in until) return nowMs + until.days * DAY_MS;
  if ('date' in until) return startOfLocalDay(until.date, tz);
  const tomorrow = plusLocalDays(localDateOf(nowMs, tz), 1);
  const thisYear = Number(tomorrow.slice(0, 4));
  // Four years always hold the day, even 29 February (outside a century that has none).
  for (let year = thisYear; year <= thisYear + 8; year += 1) {
    const date = isoDate(year, until.month, until.day);
    if (isCalendarDay(year, until.month, until.day) && date >= tomorrow) return startOfLocalDay(date, tz);
  }
  return undefined;
}
