/** What Daybreak asks for when the caller names no fields. Meta answers with a few only unless told. */

export const TEMPLATE_FIELDS = [
  'id',
  'name',
  'language',
  'status',
  'category',
  'correct_category',
  'quality_score',
  'rejected_reason',
  'parameter_format',
  'components',
];
/** Of a phone number. */
export const PHONE_NUMBER_FIELDS = [
  'id',
  'display_phone_number',
  'verified_name',
  'quality_rating',
  'status',
  'name_status',
  'throughput',
  'whatsapp_business_manager_messaging_limit',
  'health_status',
  'account_mode',
];
/** Of a business account. */
export const WABA_FIELDS = [
  'id',
  'name',
  'currency',
  'timezone_id',
  'account_review_status',
  'health_status',
  'whatsapp_business_manager_messaging_limit',
];
/** Of the profile that people see. */
export const PROFILE_FIELDS = ['about', 'address', 'description', 'email', 'profile_picture_url', 'websites', 'vertical'];
/** Of a message and the webhooks about it. */
export const HISTORY_FIELDS =
  'id,message_id,events{delivery_status,webhook_update_state,timestamp,application,webhook_uri,error_description}';
