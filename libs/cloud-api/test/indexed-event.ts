import type { WebhookEvent } from '../src/webhook/webhook-event.js';

const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1_000);

/** One of our events in the words of the reference's index: all it could say, by its names. */
function inIndexWords(event: WebhookEvent): Record<string, unknown> {
  const waba_id = event.wabaId;
  switch (event.kind) {
    case 'status':
      return {
        event: 'status',
        waba_id,
        phone_number_id: event.phoneNumberId,
        wamid: event.wamid,
        status: event.status,
        known_status: event.knownStatus !== null,
        at: seconds(event.occurredAtMs),
        recipient_id: event.recipientWaId,
        recipient_user_id: event.recipientUserId,
        reference: event.reference,
        error_codes: event.errors.map((error) => error.code),
        class: event.errors[0]?.meaning.class.replaceAll('-', '_'),
        billable: event.billable,
        pricing_category: event.pricingCategory,
      };
    case 'inbound':
      return {
        event: 'inbound',
        waba_id,
        phone_number_id: event.phoneNumberId,
        wamid: event.wamid,
        from: event.fromWaId,
        from_user_id: event.fromUserId,
        type: 'type' in event.raw ? event.type : null,
        at: seconds(event.occurredAtMs),
        text: event.text,
        reply_id: event.buttonPayload,
        payload: event.buttonPayload,
        context_wamid: event.contextWamid,
        error_codes: event.errors.map((error) => error.code),
      };
    case 'system':
      return {
        event: 'system',
        waba_id,
        phone_number_id: event.phoneNumberId,
        wamid: event.wamid,
        from: event.fromWaId,
        what: event.event,
        new_wa_id: event.newWaId,
        new_user_id: event.newUserId,
      };
    case 'template-status':
      return { event: 'template_status', waba_id, ...templateOf(event), status: event.status, reason: event.reason };
    case 'template-quality':
      return { event: 'template_quality', waba_id, ...templateOf(event), from: event.previousScore, to: event.newScore };
    case 'template-category':
      return {
        event: 'template_category',
        waba_id,
        ...templateOf(event),
        from: event.previousCategory,
        to: event.newCategory,
        correct: event.correctCategory,
      };
    case 'phone-number-quality':
      return {
        event: 'number_quality',
        waba_id,
        display_phone_number: event.displayPhoneNumber,
        what: event.event,
        limit: event.messagingLimit,
      };
    case 'phone-number-name':
      return { event: 'phone_number_name_update', waba_id, what: event.decision };
    case 'account-update':
      return { event: 'account_update', waba_id, what: event.event, effect: event.effect, ban_state: event.banStates[0] };
    case 'account-review':
      return { event: 'account_review_update', waba_id, what: event.decision };
    case 'account-alert':
      return { event: 'account_alerts', waba_id, what: event.alertType };
    case 'business-capability':
      return { event: 'capability', waba_id, limit: limitAsWritten(event.messagingLimitText), max_numbers: event.maxPhoneNumbers };
    case 'user-preferences':
      return {
        event: 'preference',
        waba_id,
        phone_number_id: event.phoneNumberId,
        wa_id: event.waId,
        user_id: event.userId,
        category: event.category,
        value: event.value,
        at: seconds(event.occurredAtMs),
      };
    case 'security':
      return { event: 'security', waba_id, what: event.event };
    // The index has no word of its own for these.
    case 'template-components':
    case 'user-id-update':
    case 'errors':
    case 'unknown':
      return { event: 'unhandled', field: event.field, waba_id };
  }
}

const templateOf = (event: { templateId: string | null; templateName: string | null; templateLanguage: string | null }) => ({
  template_id: event.templateId,
  name: event.templateName,
  language: event.templateLanguage,
});

const limitAsWritten = (text: string | null): string | number | null => (text !== null && /^-?\d+$/.test(text) ? Number(text) : text);

/** The same, reduced to what the index says about this event. */
export function asIndexed(event: WebhookEvent, names: readonly string[]): Record<string, unknown> {
  const words = inIndexWords(event);
  return Object.fromEntries(names.map((name) => [name, words[name]]));
}
