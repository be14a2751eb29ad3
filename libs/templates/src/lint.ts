import type { Violation } from '@daybreak/kernel';
import { lintButtons, type TemplateButton } from './lint-buttons.js';
import type { TemplateCategory } from './template-status.js';
import {
  endsWithVariable,
  fixedWordsOf,
  hasTouchingVariables,
  isNamed,
  isPositional,
  startsWithVariable,
  variablesOf,
} from './template-variables.js';

/** A template as it would be submitted. Variables are `{{1}}` or `{{name}}`, one kind throughout. */
export interface TemplateDraft {
  readonly name: string;
  readonly language: string;
  readonly category: TemplateCategory;
  readonly header?: TemplateHeader | undefined;
  readonly body: TemplateText;
  readonly footer?: string | undefined;
  readonly buttons?: readonly TemplateButton[] | undefined;
}

/** A text with variables. */
export interface TemplateText {
  readonly text: string;
  /** One example per variable, in the order of their first appearance. */
  readonly examples?: readonly string[] | undefined;
}

/** What stands above the body. */
export type TemplateHeader =
  | ({ readonly format: 'TEXT' } & TemplateText)
  /** The handle comes from the resumable upload of a sample. */
  | { readonly format: 'IMAGE' | 'VIDEO' | 'DOCUMENT'; readonly exampleHandle?: string | undefined }
  | { readonly format: 'LOCATION' };

const NAME_MAX = 512;
const HEADER_TEXT_MAX = 60;
const BODY_MAX = 1_024;
const FOOTER_MAX = 60;
/** Meta refuses "too many variables for the length" (2388293) and publishes no figure; below this it did so in practice. */
const FIXED_WORDS_PER_VARIABLE = 2;

/**
 * What Meta would refuse, before it does (or, for a body that says nothing by itself, re-categorise as MARKETING).
 * Empty when nothing is wrong.
 */
export function lintTemplate(draft: TemplateDraft): Violation[] {
  const violations: Violation[] = [];
  const check = (ok: boolean, field: string, reason: string): void => {
    if (!ok) violations.push({ field, reason });
  };

  check(/^[a-z0-9_]+$/.test(draft.name), 'name', 'only a-z, 0-9 and underscore');
  check(draft.name.length <= NAME_MAX, 'name', `at most ${NAME_MAX} characters`);
  check(/^[a-z]{2,3}(_[A-Z]{2,3})?$/.test(draft.language), 'language', 'not a language code like en, en_US, hi, mr');
  return [
    ...violations,
    ...lintHeader(draft.header),
    ...lintBody(draft.body),
    ...lintFooter(draft.footer),
    ...lintKinds(draft),
    ...lintButtons(draft.buttons ?? []),
  ];
}

function lintHeader(header: TemplateHeader | undefined): Violation[] {
  if (header === undefined || header.format === 'LOCATION') return [];
  if (header.format !== 'TEXT') {
    return header.exampleHandle ? [] : [{ field: 'header.exampleHandle', reason: 'a media header needs an uploaded sample' }];
  }
  const violations = lintText('header', header, HEADER_TEXT_MAX);
  if (variablesOf(header.text).length > 1) violations.push({ field: 'header.text', reason: 'at most one variable' });
  return violations;
}

function lintBody(body: TemplateText): Violation[] {
  const violations = lintText('body', body, BODY_MAX);
  const { text } = body;
  const variables = variablesOf(text);
  if (startsWithVariable(text)) violations.push({ field: 'body.text', reason: 'must not start with a variable' });
  if (endsWithVariable(text)) violations.push({ field: 'body.text', reason: 'must not end with a variable' });
  if (hasTouchingVariables(text)) violations.push({ field: 'body.text', reason: 'two variables must not touch' });
  if (fixedWordsOf(text) < FIXED_WORDS_PER_VARIABLE * variables.length + 1) {
    violations.push({ field: 'body.text', reason: 'too many variables for so few words' });
  }
  return violations;
}

function lintText(field: string, { text, examples = [] }: TemplateText, maxLength: number): Violation[] {
  const violations: Violation[] = [];
  if (text.trim() === '') violations.push({ field: `${field}.text`, reason: 'must not be empty' });
  if (text.length > maxLength) violations.push({ field: `${field}.text`, reason: `at most ${maxLength} characters` });
  const variables = variablesOf(text);
  if (variables.some((v) => !isPositional(v) && !isNamed(v))) {
    violations.push({ field: `${field}.text`, reason: 'a variable is a number or a lower-case name' });
  }
  if (examples.length !== variables.length || examples.some((e) => e.trim() === '')) {
    violations.push({ field: `${field}.examples`, reason: 'one example for every variable' });
  }
  return violations;
}

function lintFooter(footer: string | undefined): Violation[] {
  if (footer === undefined) return [];
  const violations: Violation[] = [];
  if (footer.trim() === '' || footer.length > FOOTER_MAX) violations.push({ field: 'footer', reason: `1-${FOOTER_MAX} characters` });
  if (variablesOf(footer).length > 0) violations.push({ field: 'footer', reason: 'no variables' });
  return violations;
}

/** One kind of variable in the whole template, and positional ones without a gap in each text. */
function lintKinds({ header, body }: TemplateDraft): Violation[] {
  const texts = [
    { field: 'body.text', variables: variablesOf(body.text) },
    ...(header?.format === 'TEXT' ? [{ field: 'header.text', variables: variablesOf(header.text) }] : []),
  ];
  const all = texts.flatMap((t) => t.variables);
  if (all.some(isPositional) && all.some(isNamed)) return [{ field: 'body.text', reason: 'variables are all numbers or all names' }];
  return texts
    .filter(({ variables }) => variables.some(isPositional) && variables.some((v, i) => Number(v) !== i + 1))
    .map(({ field }) => ({ field, reason: 'numbered variables must appear in order from 1' }));
}
