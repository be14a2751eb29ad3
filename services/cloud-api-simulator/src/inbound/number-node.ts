import type { App, PhoneNumber, Waba } from '../platform/accounts.js';
import { invalidParameter, requiredParameter } from '../platform/graph-error.js';
import { healthOf } from '../platform/health.js';
import { isObject, textOf } from '../platform/json.js';
import type { Simulation } from '../platform/simulation.js';
import { fieldNames, selectFields } from './fields.js';
import { SUCCESS, textParameter, type GraphAnswer, type GraphCall } from './graph-call.js';
import { verifyCallback } from './verify-callback.js';

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
  simulation.access.demand(call.token, 'whatsapp_business_messaging', 'whatsapp_business_management');
  simulation.access.demandWaba(call.token, number.waba);
  return { body: numberFields(simulation, number, textParameter(call, 'fields')) };
}

/** Apps that are subscribed to a WABA. */
export const appsOf = (simulation: Simulation, waba: Waba): App[] =>
  [...waba.subscribedApps.keys()].flatMap((id) => simulation.directory.apps.get(id) ?? []);

/** `POST /{phone_number_id}`: own callback for messages, display name, two-step PIN. */
export async function changeNumber(simulation: Simulation, number: PhoneNumber, call: GraphCall): Promise<GraphAnswer> {
  manageNumber(simulation, number, call);
  const { webhook_configuration: webhook, new_display_name: name, whatsapp_business_api_data: security, pin: plainPin } = call.parameters;
  const pin = isObject(security) ? security['pin'] : plainPin;
  if (pin !== undefined && (typeof pin !== 'string' || !/^\d{6}$/.test(pin))) throw invalidParameter('Param pin must have 6 digits.');
  if (isObject(webhook)) {
    const { override_callback_uri: uri, verify_token: verifyToken } = webhook;
    if (uri !== undefined && typeof uri !== 'string')
      throw invalidParameter('Param webhook_configuration[override_callback_uri] must be a string.');
    if (typeof uri === 'string' && uri !== '') await verifyCallback(uri, textOf(verifyToken));
    number.callbackOverride = typeof uri === 'string' && uri !== '' ? uri : undefined;
  }
  if (typeof pin === 'string') number.pin = pin;
  if (typeof name === 'string') number.nameStatus = 'PENDING_REVIEW';
  return SUCCESS;
}

export function registerNumber(simulation: Simulation, number: PhoneNumber, call: GraphCall): GraphAnswer {
  manageNumber(simulation, number, call);
  if (textParameter(call, 'messaging_product') !== 'whatsapp') throw requiredParameter('messaging_product');
  simulation.registration.register(number, textParameter(call, 'pin'), textParameter(call, 'data_localization_region'));
  return SUCCESS;
}

export function deregisterNumber(simulation: Simulation, number: PhoneNumber, call: GraphCall): GraphAnswer {
  manageNumber(simulation, number, call);
  simulation.registration.deregister(number);
  return SUCCESS;
}

const PROFILE = ['about', 'address', 'description', 'email', 'profile_picture_url', 'vertical', 'websites'];

export function getProfile(simulation: Simulation, number: PhoneNumber, call: GraphCall): GraphAnswer {
  manageNumber(simulation, number, call);
  const asked = fieldNames(textParameter(call, 'fields')) ?? PROFILE;
  const unknown = asked.find((name) => !PROFILE.includes(name) && name !== 'messaging_product');
  if (unknown !== undefined) throw invalidParameter(`Tried accessing nonexisting field (${unknown.slice(0, 64)})`);
  const profile = Object.fromEntries(
    asked.flatMap((name) => (number.profile[name] === undefined ? [] : [[name, number.profile[name]] as const])),
  );
  return { body: { data: [{ ...profile, messaging_product: 'whatsapp' }] } };
}

export function changeProfile(simulation: Simulation, number: PhoneNumber, call: GraphCall): GraphAnswer {
  manageNumber(simulation, number, call);
  if (textParameter(call, 'messaging_product') !== 'whatsapp') throw requiredParameter('messaging_product');
  for (const name of PROFILE) if (call.parameters[name] !== undefined) number.profile[name] = call.parameters[name];
  return SUCCESS;
}

export function manageNumber(simulation: Simulation, number: PhoneNumber, call: GraphCall): void {
  call.witness.phone_number_id = number.id;
  simulation.access.demand(call.token, 'whatsapp_business_management');
  simulation.access.demandWaba(call.token, number.waba);
}
