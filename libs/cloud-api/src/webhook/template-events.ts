import type { Change, ChangeReader } from './change.js';
import { instantMsIn, objectIn, objectsIn, textIn } from '../read-json.js';

const ofTemplate = ({ wabaId, field, entryAtMs, value }: Change) => ({
  wabaId,
  field,
  entryAtMs,
  templateId: textIn(value['message_template_id']),
  templateName: textIn(value['message_template_name']),
  templateLanguage: textIn(value['message_template_language']),
  raw: value,
});

/** Meta writes "no reason" in three ways: absent, null and NONE. */
const reasonIn = (value: unknown): string | null => {
  const reason = textIn(value);
  return reason === 'NONE' ? null : reason;
};

/** Readers of the fields that tell of templates, by name of the field. */
export const templateReaders: Readonly<Record<string, ChangeReader>> = {
  message_template_status_update: (change) => {
    const { value } = change;
    const info = objectIn(value['other_info']);
    const rejection = objectIn(value['rejection_info']);
    return [
      {
        kind: 'template-status',
        ...ofTemplate(change),
        status: (textIn(value['event']) ?? 'UNKNOWN').toUpperCase(),
        reason: reasonIn(value['reason']),
        category: textIn(value['message_template_category']),
        pauseTitle: textIn(info?.['title']),
        pauseDescription: textIn(info?.['description']),
        disableDate: textIn(objectIn(value['disable_info'])?.['disable_date']),
        rejectionReason: textIn(rejection?.['reason']),
        rejectionAdvice: textIn(rejection?.['recommendation']),
      },
    ];
  },
  message_template_quality_update: (change) => [
    {
      kind: 'template-quality',
      ...ofTemplate(change),
      previousScore: textIn(change.value['previous_quality_score']),
      newScore: textIn(change.value['new_quality_score']),
    },
  ],
  template_category_update: (change) => [
    {
      kind: 'template-category',
      ...ofTemplate(change),
      previousCategory: textIn(change.value['previous_category']),
      newCategory: textIn(change.value['new_category']),
      correctCategory: textIn(change.value['correct_category']),
      effectiveAtMs: instantMsIn(change.value['category_update_timestamp']),
    },
  ],
  message_template_components_update: (change) => [
    {
      kind: 'template-components',
      ...ofTemplate(change),
      headerText: textIn(change.value['message_template_title']),
      bodyText: textIn(change.value['message_template_element']),
      footerText: textIn(change.value['message_template_footer']),
      buttons: objectsIn(change.value['message_template_buttons']).map((button) => ({
        type: textIn(button['message_template_button_type']),
        text: textIn(button['message_template_button_text']),
        url: textIn(button['message_template_button_url']),
        phoneNumber: textIn(button['message_template_button_phone_number']),
      })),
    },
  ],
};
