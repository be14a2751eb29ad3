import {
  BOUNDED_PAUSE_PHRASES,
  PAUSE_PHRASES,
  POLITE_AFTER,
  POLITE_BEFORE,
  RESUME_PHRASES,
  START_PHRASES,
  STOP_PHRASES,
} from './command-phrases.js';
import { compilePhrase, normaliseCommandText } from './command-text.js';
import { parsePauseUntil, type PauseUntil } from './pause-until.js';

/** What a recipient asked for by a text or a button. */
export type Command = { readonly kind: 'stop' | 'start' | 'resume' } | { readonly kind: 'pause'; readonly until: PauseUntil };

/** Longer texts are letters, not commands; also keeps the matching cheap for whatever people paste. */
const LONGEST_COMMAND = 80;

const GRAMMAR: readonly (readonly [Command, readonly RegExp[]])[] = [
  [{ kind: 'stop' }, STOP_PHRASES.map(compilePhrase)],
  [{ kind: 'resume' }, RESUME_PHRASES.map(compilePhrase)],
  [{ kind: 'start' }, START_PHRASES.map(compilePhrase)],
  [{ kind: 'pause', until: 'resumed' }, PAUSE_PHRASES.map(compilePhrase)],
];

const BOUNDED_PAUSE = BOUNDED_PAUSE_PHRASES.map(
  (phrase) => new RegExp(compilePhrase(phrase).source.replace('#', '(?<until>[^ ]+(?: [^ ]+){0,2}?)'), 'u'),
);

/**
 * The command that this text is, or undefined when it is not one. All of the text must be the command, give or take
 * courtesy: "please stop" is, "please don't stop" is not. A question orders nothing, save that STOP is taken in doubt.
 */
export function parseCommand(text: string): Command | undefined {
  if (text.length > 4 * LONGEST_COMMAND) return undefined;
  const normal = normaliseCommandText(text);
  const asked = /\?$/.test(normal);
  const words = withoutCourtesy(normal.replace(/[\s?]+$/, ''));
  if (words === '' || words.length > LONGEST_COMMAND) return undefined;
  const command = match(`${words} `);
  return asked && command?.kind !== 'stop' ? undefined : command;
}

function match(text: string): Command | undefined {
  for (const [command, phrases] of GRAMMAR) if (phrases.some((phrase) => phrase.test(text))) return command;
  for (const phrase of BOUNDED_PAUSE) {
    const until = parsePauseUntil(phrase.exec(text)?.groups?.['until'] ?? '');
    if (until) return { kind: 'pause', until };
  }
  return undefined;
}

/** Longest first: of "कृपया करके" nothing may stay behind because "कृपया" was found before it. */
const longestFirst = (words: readonly string[]): string[] => words.toSorted((a, b) => b.length - a.length);
const BEFORE = longestFirst(POLITE_BEFORE);
const AFTER = longestFirst(POLITE_AFTER);

function withoutCourtesy(text: string): string {
  const before = BEFORE.find((word) => text.startsWith(`${word} `));
  if (before !== undefined) return withoutCourtesy(text.slice(before.length + 1));
  const after = AFTER.find((word) => text.endsWith(` ${word}`));
  return after === undefined ? text : withoutCourtesy(text.slice(0, -after.length - 1));
}
