import type { TemplateDraft as WireDraft } from '@daybreak/cloud-api';
import { variablesOf } from '@daybreak/templates';
import type { PreparedTemplate } from './prepared-template.js';

/** A prepared template as the platform wants it. @param headerHandle of the uploaded sample */
export function toWireDraft({ draft }: PreparedTemplate, headerHandle: string | undefined): WireDraft {
  const { text, examples = [] } = draft.body;
  const quickReplies = (draft.buttons ?? []).filter((button) => button.type === 'QUICK_REPLY');
  return {
    name: draft.name,
    language: draft.language,
    category: draft.category,
    parameter_format: 'NAMED',
    components: [
      ...(headerHandle === undefined ? [] : [{ type: 'HEADER', format: 'IMAGE', example: { header_handle: [headerHandle] } } as const]),
      {
        type: 'BODY',
        text,
        example: { body_text_named_params: variablesOf(text).map((name, i) => ({ param_name: name, example: examples[i] ?? '' })) },
      },
      ...(quickReplies.length === 0
        ? []
        : [{ type: 'BUTTONS', buttons: quickReplies.map(({ text: label }) => ({ type: 'QUICK_REPLY', text: label }) as const) } as const]),
    ],
  };
}
