import type { Violation } from '@daybreak/kernel';
import { variablesOf } from './template-variables.js';

/** A button as it is submitted. */
export type TemplateButton =
  | { readonly type: 'QUICK_REPLY'; readonly text: string }
  /** A variable, if any, ends the URL. */
  | { readonly type: 'URL'; readonly text: string; readonly url: string; readonly example?: string | undefined }
  | { readonly type: 'PHONE_NUMBER'; readonly text: string; readonly phoneNumber: string }
  | { readonly type: 'COPY_CODE'; readonly example: string };

const BUTTONS_MAX = 10;
const LABEL_MAX = 25;
const URL_MAX = 2_000;
const COPY_CODE_MAX = 15; // 20 since 2026, not everywhere yet
const MAX_OF_TYPE: Readonly<Record<TemplateButton['type'], number>> = { QUICK_REPLY: 10, URL: 2, PHONE_NUMBER: 1, COPY_CODE: 1 };

/** What Meta would refuse: too many of a type, a label or a target that will not do, quick replies that do not stand together. */
export function lintButtons(buttons: readonly TemplateButton[]): Violation[] {
  const violations: Violation[] = [];
  if (buttons.length > BUTTONS_MAX) violations.push({ field: 'buttons', reason: `at most ${BUTTONS_MAX}` });
  for (const [type, most] of Object.entries(MAX_OF_TYPE)) {
    if (buttons.filter((b) => b.type === type).length > most)
      violations.push({ field: 'buttons', reason: `at most ${most} of type ${type}` });
  }
  if (!quickRepliesAreTogether(buttons)) violations.push({ field: 'buttons', reason: 'quick replies must stand together' });
  return [...violations, ...buttons.flatMap((button, i) => lintButton(button, `buttons[${i}]`))];
}

function quickRepliesAreTogether(buttons: readonly TemplateButton[]): boolean {
  const runs = buttons.filter((b, i) => b.type === 'QUICK_REPLY' && buttons[i - 1]?.type !== 'QUICK_REPLY');
  return runs.length <= 1;
}

function lintButton(button: TemplateButton, field: string): Violation[] {
  const violations: Violation[] = [];
  if (button.type === 'COPY_CODE') {
    if (button.example.length < 1 || button.example.length > COPY_CODE_MAX)
      violations.push({ field: `${field}.example`, reason: `1-${COPY_CODE_MAX} characters` });
    return violations;
  }
  if (button.text.trim() === '' || button.text.length > LABEL_MAX)
    violations.push({ field: `${field}.text`, reason: `1-${LABEL_MAX} characters` });
  if (variablesOf(button.text).length > 0) violations.push({ field: `${field}.text`, reason: 'no variables' });
  if (button.type === 'PHONE_NUMBER' && !/^\+[1-9]\d{6,14}$/.test(button.phoneNumber))
    violations.push({ field: `${field}.phoneNumber`, reason: 'not E.164' });
  return button.type === 'URL' ? [...violations, ...lintUrl(button, field)] : violations;
}

function lintUrl(button: Extract<TemplateButton, { type: 'URL' }>, field: string): Violation[] {
  const violations: Violation[] = [];
  const variables = variablesOf(button.url);
  if (!/^https?:\/\/[^\s]+$/.test(button.url)) violations.push({ field: `${field}.url`, reason: 'not an http address' });
  if (button.url.length > URL_MAX) violations.push({ field: `${field}.url`, reason: `at most ${URL_MAX} characters` });
  if (variables.length > 1 || (variables.length === 1 && !button.url.endsWith('}}'))) {
    violations.push({ field: `${field}.url`, reason: 'one variable at most, at its end' });
  }
  if (variables.length > 0 && !button.example) violations.push({ field: `${field}.example`, reason: 'an example for the variable' });
  return violations;
}
