import { invalid, type Violation } from '@daybreak/kernel';
import type { TemplateComponent, TemplateDraft } from './wire.js';

/**
 * What Meta refuses on sight. The wording of a template, and whether it will be taken for marketing, is none of the driver's business.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
 */
const LIMITS = { name: 512, headerText: 60, body: 1_024, footer: 60, buttons: 10, buttonLabel: 25, url: 2_000 } as const;

const NAME = /^[a-z0-9_]+$/;
const VARIABLE = /\{\{\s*[^{}]+?\s*\}\}/;

const component = (draft: TemplateDraft, type: string): TemplateComponent | undefined =>
  draft.components.find((c) => c.type.toUpperCase() === type);

const tooLong = (field: string, text: string | undefined, max: number): Violation[] =>
  text !== undefined && text.length > max ? [{ field, reason: `${text.length} characters, at most ${max} are allowed` }] : [];

/** Meta wants an example for every text with a variable. */
const noExample = (field: string, text: string | undefined, ...examples: (readonly unknown[] | undefined)[]): Violation[] =>
  text !== undefined && VARIABLE.test(text) && !examples.some((example) => example !== undefined && example.length > 0)
    ? [{ field, reason: 'has a variable but no example for it' }]
    : [];

/** What would make Meta refuse this draft; empty when nothing would. */
export function templateDraftViolations(draft: TemplateDraft): readonly Violation[] {
  const header = component(draft, 'HEADER');
  const body = component(draft, 'BODY');
  const footer = component(draft, 'FOOTER');
  const buttons = component(draft, 'BUTTONS')?.buttons ?? [];
  return [
    ...(NAME.test(draft.name) ? [] : [{ field: 'name', reason: 'must be lower-case letters, digits and underscores' }]),
    ...tooLong('name', draft.name, LIMITS.name),
    ...(body === undefined ? [{ field: 'components', reason: 'a body is required' }] : []),
    ...tooLong('components.header.text', header?.text, LIMITS.headerText),
    ...noExample('components.header.text', header?.text, header?.example?.header_text, header?.example?.header_text_named_params),
    ...tooLong('components.body.text', body?.text, LIMITS.body),
    ...noExample('components.body.text', body?.text, body?.example?.body_text, body?.example?.body_text_named_params),
    ...tooLong('components.footer.text', footer?.text, LIMITS.footer),
    ...(buttons.length > LIMITS.buttons
      ? [{ field: 'components.buttons', reason: `${buttons.length} buttons, at most ${LIMITS.buttons} are allowed` }]
      : []),
    ...buttons.flatMap((button, i) => [
      ...tooLong(`components.buttons[${i}].text`, button.text, LIMITS.buttonLabel),
      ...tooLong(`components.buttons[${i}].url`, button.url, LIMITS.url),
    ]),
  ];
}

/** Throws an error that names every violation. */
export function checkTemplateDraft(draft: TemplateDraft): void {
  const violations = templateDraftViolations(draft);
  if (violations.length > 0) throw invalid(...violations);
}
