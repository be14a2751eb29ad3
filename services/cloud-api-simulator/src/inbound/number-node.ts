import type { App, PhoneNumber, Waba } from '../platform/accounts.js';
import { healthOf } from '../platform/health.js';
import type { Simulation } from '../platform/simulation.js';
import { selectFields } from './fields.js';
import { textParameter, type GraphAnswer, type GraphCall } from './graph-call.js';

const BY_DEFAULT = ['id', 'display_phone_number', 'verified_name', 'quality_rating'];
const HIGH_FROM = 1_000;

/** Every field of a phone number; `messaging_limit_tier` is gone since v24.0 and answers null. */
export function numberFields(simulation: Simulation, number: PhoneNumber, fields: string | undefined): Record<string, unknown> {
  return selectFields(
    {
      id: () => number.id,
      display_phone_number: () => number.displayPhoneNumber,
      verified_name: () => number.verifiedName,
      quality_rating: () => number.qualityRating,
      status: () => number.status,
      name_status: () => number.nameStatus,
      code_verification_status: () => (number.status === 'UNVERIFIED' ? 'NOT_VERIFIED' : 'VERIFIED'),
      throughput: () => ({ level: number.fullThroughput >= HIGH_FROM ? 'HIGH' : 'STANDARD' }),
      whatsapp_business_manager_messaging_limit: () => number.waba.portfolio.limit.messagingLimit,
      messaging_limit_tier: () => undefined,
      health_status: () => healthOf({ number, waba: number.waba, apps: appsOf(simulation, number.waba) }),
      account_mode: () => 'LIVE',
      is_official_business_account: () => false,
      is_pin_enabled: () => true,
      is_on_biz_app: () => false,
      platform_type: () => (number.registered ? 'CLOUD_API' : 'NOT_APPLICABLE'),
      host_platform: () => 'CLOUD_API',
      country_code: () => 'IN',
      country_dial_code: () => '91',
      webhook_configuration: () => ({ ...(number.callbackOverride === undefined ? {} : { phone_number: number.callbackOverride }) }),
    },
    fields,
    BY_DEFAULT,
  );
}

export function getNumber(simulation: Simulation, number: PhoneNumber, call: GraphCall): GraphAnswer {
  call.witness.phone_number_id = number.id;
  return { body: numberFields(simulation, number, textParameter(call, 'fields')) };
}

/** Apps that are subscribed to a WABA. */
export const appsOf = (simulation: Simulation, waba: Waba): App[] =>
  [...waba.subscribedApps.keys()].flatMap((id) => simulation.directory.apps.get(id) ?? []);
