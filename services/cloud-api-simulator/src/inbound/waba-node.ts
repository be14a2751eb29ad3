import type { App, PhoneNumber, Portfolio, Waba } from '../platform/accounts.js';
import { invalidParameter, requiredParameter } from '../platform/graph-error.js';
import { healthOf } from '../platform/health.js';
import type { Simulation } from '../platform/simulation.js';
import { selectFields } from './fields.js';
import { SUCCESS, textParameter, type GraphAnswer, type GraphCall } from './graph-call.js';
import { appsOf, numberFields } from './number-node.js';
import { page } from './paging.js';
import { verifyCallback } from './verify-callback.js';

const CALLBACK_MAX = 200;

/** Checks the token against a WABA and takes one call from its management budget. */
export function manage(simulation: Simulation, waba: Waba, call: GraphCall): Record<string, string> {
  call.witness.waba_id = waba.id;
  simulation.access.demand(call.token, 'whatsapp_business_management');
  simulation.access.demandWaba(call.token, waba);
  const hasNumber = simulation.directory.numbersOf(waba.id).some((n) => n.registered);
  return simulation.budget.spend(call.token.appId, waba.id, hasNumber);
}

export function getWaba(simulation: Simulation, waba: Waba, call: GraphCall): GraphAnswer {
  const headers = manage(simulation, waba, call);
  const body = selectFields(
    {
      id: () => waba.id,
      name: () => waba.name,
      currency: () => waba.currency,
      timezone_id: () => waba.timezoneId,
      message_template_namespace: () => `${waba.id.padStart(18, '0')}_daybreak`,
      account_review_status: () => (waba.banState === 'DISABLE' ? 'REJECTED' : 'APPROVED'),
      business_verification_status: () => (waba.portfolio.verified ? 'verified' : 'not_verified'),
      country: () => 'IN',
      ownership_type: () => 'SELF',
      primary_business_location: () => 'IN',
      owner_business_info: () => ({ name: waba.portfolio.name, id: waba.portfolio.id }),
      health_status: () => healthOf({ waba, apps: appsOf(simulation, waba) }),
      marketing_messages_lite_api_status: () => 'ONBOARDED',
      disable_marketing_messages_on_cloud_api: () => waba.disableMarketingMessagesOnCloudApi,
      whatsapp_business_manager_messaging_limit: () => waba.portfolio.limit.messagingLimit,
      status: () => (waba.banState === 'DISABLE' ? 'DISABLED' : 'ACTIVE'),
    },
    textParameter(call, 'fields'),
    ['id', 'name', 'currency', 'timezone_id', 'message_template_namespace'],
  );
  return { body, headers };
}

export function listNumbers(simulation: Simulation, waba: Waba, call: GraphCall): GraphAnswer {
  const headers = manage(simulation, waba, call);
  const fields = textParameter(call, 'fields');
  const body = page(call, simulation.directory.numbersOf(waba.id), (n: PhoneNumber) => numberFields(simulation, n, fields), 100);
  return { body, headers };
}

export function listSubscribedApps(simulation: Simulation, waba: Waba, call: GraphCall): GraphAnswer {
  const headers = manage(simulation, waba, call);
  return { body: { data: appsOf(simulation, waba).map((app) => subscription(waba, app)) }, headers };
}

function subscription(waba: Waba, app: App): Record<string, unknown> {
  const override = waba.subscribedApps.get(app.id)?.overrideCallbackUri;
  return {
    whatsapp_business_api_data: { id: app.id, name: app.name, link: `https://www.facebook.com/games/?app_id=${app.id}` },
    ...(override === undefined ? {} : { override_callback_uri: override }),
  };
}

/** Subscribes the token's app; with an override, messages of this WABA go there; without one, an earlier override is removed. */
export async function subscribeApp(simulation: Simulation, waba: Waba, call: GraphCall): Promise<GraphAnswer> {
  const headers = manage(simulation, waba, call);
  const override = textParameter(call, 'override_callback_uri');
  if (override !== undefined) {
    if (override.length > CALLBACK_MAX)
      throw invalidParameter(`Param override_callback_uri must be at most ${CALLBACK_MAX} characters long.`);
    const verifyToken = textParameter(call, 'verify_token');
    if (verifyToken === undefined) throw requiredParameter('verify_token');
    await verifyCallback(override, verifyToken);
  }
  waba.subscribedApps.set(call.token.appId, override === undefined ? {} : { overrideCallbackUri: override });
  const app = simulation.directory.apps.get(call.token.appId);
  if (override === undefined || app === undefined) return { ...SUCCESS, headers };
  return { body: { success: true, data: [subscription(waba, app)] }, headers };
}

export function unsubscribeApp(simulation: Simulation, waba: Waba, call: GraphCall): GraphAnswer {
  const headers = manage(simulation, waba, call);
  waba.subscribedApps.delete(call.token.appId);
  return { ...SUCCESS, headers };
}

/** The business portfolio: where the messaging limit lives since v24.0. */
export function getPortfolio(simulation: Simulation, portfolio: Portfolio, call: GraphCall): GraphAnswer {
  simulation.access.demand(call.token, 'whatsapp_business_management');
  const body = selectFields(
    {
      id: () => portfolio.id,
      name: () => portfolio.name,
      verification_status: () => (portfolio.verified ? 'verified' : 'not_verified'),
      whatsapp_business_manager_messaging_limit: () => portfolio.limit.messagingLimit,
    },
    textParameter(call, 'fields'),
    ['id', 'name'],
  );
  return { body };
}
