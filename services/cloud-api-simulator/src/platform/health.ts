import type { App, PhoneNumber, Waba } from './accounts.js';
import type { Template } from './template.js';

type CanSend = 'AVAILABLE' | 'LIMITED' | 'BLOCKED';

interface Entity {
  readonly entity_type: 'PHONE_NUMBER' | 'MESSAGE_TEMPLATE' | 'WABA' | 'BUSINESS' | 'APP';
  readonly id: string;
  readonly can_send_message: CanSend;
  readonly additional_info?: readonly string[];
  readonly errors?: readonly { readonly error_code: number; readonly error_description: string; readonly possible_solution: string }[];
}

const WORST: readonly CanSend[] = ['BLOCKED', 'LIMITED', 'AVAILABLE'];

/** `health_status` of a number, a WABA or a template: itself and everything above it. One blocked entity blocks all. */
export function healthOf(about: {
  readonly number?: PhoneNumber;
  readonly template?: Template;
  readonly waba: Waba;
  readonly apps: readonly App[];
}): unknown {
  const { number, template, waba, apps } = about;
  const entities: Entity[] = [
    ...(number === undefined ? [] : [numberHealth(number)]),
    ...(template === undefined ? [] : [templateHealth(template)]),
    wabaHealth(waba),
    businessHealth(waba),
    ...apps.map((app): Entity => ({ entity_type: 'APP', id: app.id, can_send_message: 'AVAILABLE' })),
  ];
  return { can_send_message: WORST.find((level) => entities.some((e) => e.can_send_message === level)), entities };
}

function numberHealth(number: PhoneNumber): Entity {
  const entity = { entity_type: 'PHONE_NUMBER' as const, id: number.id };
  if (!number.registered) return blocked(entity, 133_010, 'Phone number is not registered.', 'Register the phone number.');
  if (number.status === 'CONNECTED' && number.qualityRating !== 'RED') return { ...entity, can_send_message: 'AVAILABLE' };
  if (number.status === 'CONNECTED' || number.status === 'FLAGGED') {
    return { ...entity, can_send_message: 'LIMITED', additional_info: ['The quality of messages from this phone number is low.'] };
  }
  return blocked(entity, 131_031, `Phone number status is ${number.status}.`, 'Visit WhatsApp Manager and request a review.');
}

function templateHealth(template: Template): Entity {
  const entity = { entity_type: 'MESSAGE_TEMPLATE' as const, id: template.id };
  if (template.status !== 'APPROVED')
    return blocked(entity, 141_002, 'Template is not approved.', 'Wait for the review, or edit the template.');
  return template.qualityScore === 'RED'
    ? { ...entity, can_send_message: 'LIMITED', additional_info: ['The quality of the template is low.'] }
    : { ...entity, can_send_message: 'AVAILABLE' };
}

function wabaHealth(waba: Waba): Entity {
  const entity = { entity_type: 'WABA' as const, id: waba.id };
  if (waba.banState === 'DISABLE')
    return blocked(entity, 131_031, 'The account is disabled.', 'Visit Account Quality and request a review.');
  return waba.banState === undefined
    ? { ...entity, can_send_message: 'AVAILABLE' }
    : { ...entity, can_send_message: 'LIMITED', additional_info: ['The account is scheduled to be disabled.'] };
}

function businessHealth({ portfolio }: Waba): Entity {
  const entity = { entity_type: 'BUSINESS' as const, id: portfolio.id };
  return portfolio.underReview
    ? blocked(entity, 368, 'The business portfolio is under review.', 'Wait for the review.')
    : { ...entity, can_send_message: 'AVAILABLE' };
}

const blocked = (entity: Pick<Entity, 'entity_type' | 'id'>, code: number, description: string, solution: string): Entity => ({
  ...entity,
  can_send_message: 'BLOCKED',
  errors: [{ error_code: code, error_description: description, possible_solution: solution }],
});
