import type { Violation } from '@daybreak/kernel';
import type { TemplateCategory } from './template-status.js';

/** A template as it would be submitted. Text variables are `{{1}}` or `{{name}}`. */
export interface TemplateDraft {
  readonly name: string;
  readonly language: string;
  readonly category: TemplateCategory;
  readonly header?: TemplateHeader;
  readonly body: TemplateText;
  readonly footer?: string;
  readonly buttons?: readonly TemplateButton[];
}

export interface TemplateText {
  readonly text: string;
  /** One example per variable, in the order of their first appearance. */
  readonly examples?: readonly string[];
}

export type TemplateHeader =
  | ({ readonly format: 'TEXT' } & TemplateText)
  /** `exampleHandle` comes from the resumable upload of a sample. */
  | { readonly format: 'IMAGE' | 'VIDEO' | 'DOCUMENT'; readonly exampleHandle?: string }
  | { readonly format: 'LOCATION' };

export type TemplateButton =
  | { readonly type: 'QUICK_REPLY'; readonly text: string }
  | { readonly type: 'URL'; readonly text: string; readonly url: string; readonly example?: string }
  | { readonly type: 'PHONE_NUMBER'; readonly text: string; readonly phoneNumber: string }
  | { readonly type: 'COPY_CODE'; readonly example: string };

/** What Meta would refuse, before it does. Empty when nothing is wrong. */
export function lintTemplate(draft: TemplateDraft): Violation[] {
  const violations: Violation[] = [];
  if (!/^[a-z0-9_]{1,512}$/.test(draft.name)) violations.push({ field: 'name', reason: 'must be 1-512 of a-z, 0-9 and underscore' });
  return violations;
}
