import type { Change, ChangeReader } from './change.js';
import { messagingLimitOf } from '../messaging-limit.js';
import { instantMsIn, listIn, numberIn, objectIn, objectsIn, textIn } from '../read-json.js';
import type { AccountEffect } from './webhook-event.js';

const ofAccount = ({ wabaId, field, entryAtMs, value }: Change) => ({ wabaId, field, entryAtMs, raw: value });

const onNumber = (change: Change) => {
  const metadata = objectIn(change.value['metadata']);
  return {
    ...ofAccount(change),
    phoneNumberId: textIn(metadata?.['phone_number_id']),
    displayPhoneNumber: textIn(metadata?.['display_phone_number']) ?? textIn(change.value['display_phone_number']),
  };
};

/** What a known account event asks for; everything else is for the record. */
const EFFECT: ReadonlyMap<string | null, AccountEffect> = new Map([
  ['ACCOUNT_DELETED', 'halt'],
  ['ACCOUNT_OFFBOARDED', 'halt'],
  ['PARTNER_REMOVED', 'halt'],
  ['PARTNER_APP_UNINSTALLED', 'halt'],
  ['ACCOUNT_RESTRICTION', 'restrict'],
  ['ACCOUNT_RECONNECTED', 'resume-after-check'],
]);

/** Restrictions under which not one template goes out. */
const SENDING_RESTRICTED = new Set(['RESTRICTED_BIZ_INITIATED_MESSAGING']);

function effectOf(event: string | null, banStates: readonly string[], restrictionTypes: readonly (string | null)[]): AccountEffect {
  if (event === 'DISABLED_UPDATE') return banStates.length === 1 && banStates[0] === 'REINSTATE' ? 'resume-after-check' : 'halt';
  if (restrictionTypes.some((type) => type !== null && SENDING_RESTRICTED.has(type))) return 'halt';
  return EFFECT.get(event) ?? 'info';
}

const accountUpdate: ChangeReader = (change) => {
  const { value } = change;
  const ban = objectIn(value['ban_info']);
  const banState = ban?.['waba_ban_state'];
  const banStates = (Array.isArray(banState) ? listIn(banState) : [banState]).flatMap((state) => textIn(state) ?? []);
  const restrictions = objectsIn(value['restriction_info']).map((restriction) => ({
    type: textIn(restriction['restriction_type']),
    expiresAtMs: instantMsIn(restriction['expiration']),
    remediation: textIn(restriction['remediation']),
  }));
  const event = textIn(value['event']);
  const info = objectIn(value['waba_info']);
  return [
    {
      kind: 'account-update',
      ...ofAccount(change),
      event,
      effect: effectOf(
        event,
        banStates,
        restrictions.map((r) => r.type),
      ),
      displayPhoneNumber: textIn(value['phone_number']),
      banStates,
      banDate: textIn(ban?.['waba_ban_date']),
      violationType: textIn(objectIn(value['violation_info'])?.['violation_type']),
      restrictions,
      wabaInfo: info && {
        wabaId: textIn(info['waba_id']),
        ownerBusinessId: textIn(info['owner_business_id']),
        partnerAppId: textIn(info['partner_app_id']),
      },
    },
  ];
};

const capability: ChangeReader = (change) => {
  const { value } = change;
  const limit = value['max_daily_conversations_per_business'] ?? value['max_daily_conversation_per_phone'];
  return [
    {
      kind: 'business-capability',
      ...ofAccount(change),
      messagingLimit: messagingLimitOf(limit),
      messagingLimitText: textIn(limit),
      maxPhoneNumbers: numberIn(value['max_phone_numbers_per_business'] ?? value['max_phone_numbers_per_waba']),
    },
  ];
};

/** Documented inside `alert_info`; also seen flat. */
const alert: ChangeReader = (change) => {
  const info = objectIn(change.value['alert_info']) ?? change.value;
  return [
    {
      kind: 'account-alert',
      ...ofAccount(change),
      entityType: textIn(change.value['entity_type']),
      entityId: textIn(change.value['entity_id']),
      alertType: textIn(info['alert_type']),
      severity: textIn(info['alert_severity']),
      alertStatus: textIn(info['alert_status']),
      description: textIn(info['alert_description']),
    },
  ];
};

const userPreferences: ChangeReader = (change) =>
  objectsIn(change.value['user_preferences']).map((preference) => ({
    kind: 'user-preferences',
    ...onNumber(change),
    raw: preference,
    waId: textIn(preference['wa_id']),
    userId: textIn(preference['user_id']),
    category: textIn(preference['category']),
    value: textIn(preference['value']),
    signupId: textIn(preference['signup_id']),
    detail: textIn(preference['detail']),
    occurredAtMs: instantMsIn(preference['timestamp']),
  }));

const userIdUpdate: ChangeReader = (change) =>
  objectsIn(change.value['user_id_update']).map((update) => {
    const userId = objectIn(update['user_id']);
    return {
      kind: 'user-id-update',
      ...onNumber(change),
      raw: update,
      waId: textIn(update['wa_id']),
      previousUserId: textIn(userId?.['previous']),
      currentUserId: textIn(userId?.['current']),
      occurredAtMs: instantMsIn(update['timestamp']),
    };
  });

/** Readers of the fields that tell of accounts, phone numbers and people, by name of the field. */
export const accountReaders: Readonly<Record<string, ChangeReader>> = {
  account_update: accountUpdate,
  account_review_update: (change) => [{ kind: 'account-review', ...ofAccount(change), decision: textIn(change.value['decision']) }],
  account_alerts: alert,
  business_capability_update: capability,
  user_preferences: userPreferences,
  user_id_update: userIdUpdate,
  security: (change) => [
    { kind: 'security', ...onNumber(change), event: textIn(change.value['event']), requester: textIn(change.value['requester']) },
  ],
  phone_number_name_update: (change) => [
    {
      kind: 'phone-number-name',
      ...onNumber(change),
      decision: textIn(change.value['decision']),
      requestedName: textIn(change.value['requested_verified_name']),
      rejectionReason: textIn(change.value['rejection_reason']),
    },
  ],
  phone_number_quality_update: (change) => [
    {
      kind: 'phone-number-quality',
      ...onNumber(change),
      event: textIn(change.value['event']),
      messagingLimit: textIn(change.value['max_daily_conversations_per_business'] ?? change.value['current_limit']),
      previousMessagingLimit: textIn(change.value['old_limit']),
    },
  ],
};
