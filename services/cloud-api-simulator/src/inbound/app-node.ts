import type { App } from '../platform/accounts.js';
import { GraphError, invalidParameter, requiredParameter } from '../platform/graph-error.js';
import type { Simulation } from '../platform/simulation.js';
import { selectFields } from './fields.js';
import { SUCCESS, textParameter, type GraphAnswer, type GraphCall } from './graph-call.js';
import { verifyCallback } from './verify-callback.js';

const OBJECT = 'whatsapp_business_account';

/** `GET /debug_token?input_token=`: what a token is, for an app token or any token of the same app. */
export function debugToken(simulation: Simulation, call: GraphCall): GraphAnswer {
  const input = textParameter(call, 'input_token');
  if (input === undefined) throw requiredParameter('input_token');
  const token = simulation.directory.tokens.get(input);
  if (token === undefined) {
    return { body: { data: { error: { code: 190, message: 'The access token could not be decrypted' }, is_valid: false, scopes: [] } } };
  }
  if (token.appId !== call.token.appId)
    throw new GraphError(100, {
      message: '(#100) You must provide an app access token, or a user access token that is an owner or developer of the app',
    });
  const isValid = simulation.access.isValid(token);
  const wabaIds = token.wabaIds ?? [...simulation.directory.wabas.keys()];
  const seconds = (ms: number): number => Math.floor(ms / 1_000);
  const data = {
    app_id: token.appId,
    type: token.type,
    application: simulation.directory.apps.get(token.appId)?.name,
    data_access_expires_at: 0,
    expires_at: token.expiresAtMs === undefined ? 0 : seconds(token.expiresAtMs),
    ...(isValid ? {} : { error: { code: 190, message: 'Error validating access token', subcode: token.revoked ? 460 : 463 } }),
    is_valid: isValid,
    issued_at: seconds(token.issuedAtMs),
    scopes: token.scopes,
    granular_scopes: token.scopes.filter((s) => s.startsWith('whatsapp_')).map((scope) => ({ scope, target_ids: wabaIds })),
    user_id: '122100000000000001',
  };
  return { body: { data } };
}

export function listSubscriptions(app: App): GraphAnswer {
  if (app.callbackUrl === undefined) return { body: { data: [] } };
  const fields = [...app.fields].map((name) => ({ name, version: 'v24.0' }));
  return { body: { data: [{ object: OBJECT, callback_url: app.callbackUrl, active: true, fields }] } };
}

/** `POST /{app_id}/subscriptions`, with the app's own token: where all its webhooks go. */
export async function subscribe(app: App, call: GraphCall): Promise<GraphAnswer> {
  demandAppToken(app, call);
  const [object, callbackUrl, verifyToken] = [
    textParameter(call, 'object'),
    textParameter(call, 'callback_url'),
    textParameter(call, 'verify_token'),
  ];
  if (object !== OBJECT) throw invalidParameter(`Param object must be ${OBJECT}.`);
  if (callbackUrl === undefined) throw requiredParameter('callback_url');
  if (verifyToken === undefined) throw requiredParameter('verify_token');
  await verifyCallback(callbackUrl, verifyToken);
  app.callbackUrl = callbackUrl;
  app.verifyToken = verifyToken;
  app.fields = new Set(fieldsOf(call.parameters['fields']));
  return SUCCESS;
}

export function unsubscribe(app: App, call: GraphCall): GraphAnswer {
  demandAppToken(app, call);
  app.callbackUrl = undefined;
  return SUCCESS;
}

function demandAppToken(app: App, call: GraphCall): void {
  if (call.token.type !== 'APP' || call.token.appId !== app.id)
    throw new GraphError(15, { message: '(#15) This method must be called with an app access_token.', httpStatus: 400 });
}

/** An array, a JSON array in text, or names separated by commas: clients use all three. */
function fieldsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String);
  if (typeof value !== 'string' || value === '') return ['messages'];
  return value
    .replace(/[[\]"\s]/g, '')
    .split(',')
    .filter((name) => name !== '');
}

export function getApp(_simulation: Simulation, app: App, call: GraphCall): GraphAnswer {
  const available = { id: () => app.id, name: () => app.name, link: () => `https://www.facebook.com/games/?app_id=${app.id}` };
  return { body: selectFields(available, textParameter(call, 'fields'), ['id', 'name', 'link']) };
}

const SIXTY_DAYS_MS = 60 * 86_400_000;

/**
 * `GET /oauth/access_token?grant_type=fb_exchange_token`: a token that expires is exchanged for one that lives 60 days from now. The
 * old one stays valid until its own end.
 */
export function exchangeToken(simulation: Simulation, parameters: Readonly<Record<string, unknown>>): GraphAnswer {
  const { grant_type: grant, client_id: appId, client_secret: secret, fb_exchange_token: old } = parameters;
  const app = simulation.directory.apps.get(String(appId));
  if (app === undefined || app.secret !== secret) throw new GraphError(1, { message: 'Error validating client secret.', httpStatus: 400 });
  if (grant !== 'fb_exchange_token') throw invalidParameter('Param grant_type must be fb_exchange_token.');
  const token = simulation.directory.tokens.get(String(old));
  if (token === undefined || token.appId !== app.id || !simulation.access.isValid(token))
    throw new GraphError(190, { message: 'Invalid OAuth access token - Cannot parse access token' });
  const nowMs = simulation.clock.nowMs();
  const fresh = {
    ...token,
    token: `${token.token.slice(0, 64)}.${simulation.ids.node()}`,
    issuedAtMs: nowMs,
    expiresAtMs: nowMs + SIXTY_DAYS_MS,
  };
  simulation.directory.tokens.set(fresh.token, fresh);
  return { body: { access_token: fresh.token, token_type: 'bearer', expires_in: SIXTY_DAYS_MS / 1_000 } };
}
