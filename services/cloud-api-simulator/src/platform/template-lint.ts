import { GraphError, invalidParameter } from './graph-error.js';
import { isObject, textOf, type Json } from './json.js';
import { variablesOf } from './template.js';

/** What a client submits. */
export interface TemplateSubmission {
  readonly category: string;
  readonly parameterFormat: 'NAMED' | 'POSITIONAL';
  readonly components: readonly Json[];
}

const BODY_MAX = 1_024;
const SHORT_MAX = 60; // header and footer
const LABEL_MAX = 25;
const URL_MAX = 2_000;
const BUTTONS_MAX = 10;
const MEDIA_HEADERS = ['IMAGE', 'VIDEO', 'DOCUMENT', 'GIF'];
const MOST_OF: Readonly<Record<string, number>> = { URL: 2, PHONE_NUMBER: 1, COPY_CODE: 1, QUICK_REPLY: 10 };
const TYPES = ['HEADER', 'BODY', 'FOOTER', 'BUTTONS', 'CAROUSEL', 'LIMITED_TIME_OFFER', 'CALL_PERMISSION_REQUEST', 'ORDER_STATUS'];

/** Throws Meta's refusal of the first thing that is wrong with the components of a template. */
export function lintTemplate({ category, parameterFormat, components }: TemplateSubmission): void {
  const ofType = (type: string): Json | undefined => components.find((c) => textOf(c['type']).toUpperCase() === type);
  const unknown = components.find((c) => !TYPES.includes(textOf(c['type']).toUpperCase()));
  if (unknown !== undefined)
    throw invalidParameter(`Param components[type] must be one of {${TYPES.join(', ')}} - got "${textOf(unknown['type']).slice(0, 64)}".`);
  const body = ofType('BODY');
  if (body === undefined) throw missingField('BODY', 'text');
  if (category === 'AUTHENTICATION') return; // its text is Meta's own
  lintBody(body, parameterFormat);
  const header = ofType('HEADER');
  if (header !== undefined) lintHeader(header, parameterFormat);
  const footer = ofType('FOOTER');
  if (footer !== undefined) lintFooter(footer);
  const buttons = ofType('BUTTONS')?.['buttons'];
  if (buttons !== undefined) lintButtons(buttons);
}

function lintBody(body: Json, format: 'NAMED' | 'POSITIONAL'): void {
  const text = textOf(body['text']);
  if (text === '') throw missingField('BODY', 'text');
  if (text.length > BODY_MAX)
    throw new GraphError(2_388_040, { details: `The body has ${text.length} characters, ${BODY_MAX} are allowed.` });
  if (/\n{3,}|\t/.test(text)) throw refusal(2_388_072, 'The message body has too many consecutive line breaks or tabs.');
  const variables = variablesOf(text);
  if (variables.length === 0) return;
  lintVariableNames(variables, format, 2_388_072);
  const bare = text.trim();
  if (/^\{\{/.test(bare) || /\}\}[\s.!?…।]*$/.test(bare) || /\}\}\s*\{\{/.test(bare))
    throw refusal(2_388_299, 'Variables can’t be at the start or the end of the template, nor next to each other.');
  const words = bare
    .replace(/\{\{[^}]*\}\}/g, ' ')
    .split(/\s+/)
    .filter((word) => /\p{L}|\p{N}/u.test(word)).length;
  if (words < 2 * variables.length + 1)
    throw refusal(
      2_388_293,
      'This template has too many variables for its length. Reduce the number of variables or make the message longer.',
    );
  const example = isObject(body['example']) ? body['example'] : {};
  const given =
    format === 'NAMED'
      ? example['body_text_named_params']
      : Array.isArray(example['body_text'])
        ? (example['body_text'] as unknown[])[0]
        : undefined;
  if (!Array.isArray(given) || given.length !== variables.length) throw missingField('BODY', 'example');
}

function lintHeader(header: Json, format: 'NAMED' | 'POSITIONAL'): void {
  const kind = textOf(header['format']).toUpperCase();
  const example = isObject(header['example']) ? header['example'] : {};
  if (kind === 'LOCATION') return;
  if (MEDIA_HEADERS.includes(kind)) {
    const handles = example['header_handle'];
    if (!Array.isArray(handles) || typeof handles[0] !== 'string' || handles[0] === '') throw missingField('HEADER', 'example');
    return;
  }
  if (kind !== 'TEXT') throw refusal(2_388_047, 'The message header must be text, an image, a video, a document or a location.');
  const text = textOf(header['text']);
  if (text === '') throw missingField('HEADER', 'text');
  if (text.length > SHORT_MAX)
    throw new GraphError(2_388_040, { details: `The header has ${text.length} characters, ${SHORT_MAX} are allowed.` });
  const variables = variablesOf(text);
  if (variables.length > 1 || /[\n*_~`]/.test(text.replace(/\{\{[^}]*\}\}/g, '')))
    throw refusal(2_388_047, 'The message header can’t have line breaks, formatting or more than one variable.');
  if (variables.length === 0) return;
  lintVariableNames(variables, format, 2_388_047);
  if (!Array.isArray(example['header_text']) && !Array.isArray(example['header_text_named_params']))
    throw missingField('HEADER', 'example');
}

function lintFooter(footer: Json): void {
  const text = textOf(footer['text']);
  if (text.length > SHORT_MAX)
    throw new GraphError(2_388_040, { details: `The footer has ${text.length} characters, ${SHORT_MAX} are allowed.` });
  if (variablesOf(text).length > 0 || text.includes('\n'))
    throw refusal(2_388_073, 'The message footer can’t have variables or line breaks.');
}

function lintButtons(buttons: unknown): void {
  if (!Array.isArray(buttons) || !buttons.every(isObject) || buttons.length === 0) throw missingField('BUTTONS', 'buttons');
  if (buttons.length > BUTTONS_MAX) throw invalidParameter(`Param buttons must have at most ${BUTTONS_MAX} items.`);
  const types = buttons.map((button) => textOf(button['type']).toUpperCase());
  for (const [type, most] of Object.entries(MOST_OF)) {
    if (types.filter((t) => t === type).length > most) throw invalidParameter(`Param buttons must have at most ${most} of type ${type}.`);
  }
  const groups = types.filter((type, i) => i === 0 || (type === 'QUICK_REPLY') !== (types[i - 1] === 'QUICK_REPLY')).length;
  if (groups > 2) throw invalidParameter('Buttons have an invalid combination: quick replies must stand together.');
  for (const button of buttons) {
    const label = textOf(button['text']);
    if (label.length > LABEL_MAX)
      throw new GraphError(2_388_040, { details: `A button has ${label.length} characters, ${LABEL_MAX} are allowed.` });
    if (textOf(button['type']).toUpperCase() !== 'URL') continue;
    const url = textOf(button['url']);
    if (url === '' || url.length > URL_MAX) throw invalidParameter(`Param url of a button must have 1 to ${URL_MAX} characters.`);
    if (variablesOf(url).length > 1 || (variablesOf(url).length === 1 && !url.trim().endsWith('}}')))
      throw invalidParameter('A button’s URL can have one variable, at its end.');
    if (variablesOf(url).length === 1 && !Array.isArray(button['example'])) throw missingField('BUTTONS', 'example');
  }
}

function lintVariableNames(variables: readonly string[], format: 'NAMED' | 'POSITIONAL', code: number): void {
  const positional = variables.every((name) => /^\d+$/.test(name));
  if (format === 'POSITIONAL' && (!positional || variables.some((_, i) => !variables.includes(String(i + 1)))))
    throw refusal(code, 'Variables must be {{1}}, {{2}} … without gaps.');
  if (format === 'NAMED' && !variables.every((name) => /^[a-z_][a-z0-9_]*$/.test(name)))
    throw refusal(code, 'Names of variables are lower-case letters, digits and underscores.');
}

const missingField = (component: string, field: string): GraphError =>
  new GraphError(100, {
    message: '(#100) Invalid parameter',
    userTitle: 'Template is missing a field',
    userMessage: `Component of type ${component} is missing expected field(s) (${field})`,
    subcode: 2_388_043,
  });

const refusal = (code: number, userMessage: string): GraphError =>
  new GraphError(code, { details: userMessage, userTitle: 'Template can’t be created', userMessage });
