import type { Clock } from '@daybreak/kernel';
import type { AppCallback } from './client-options.js';
import { at, type GraphCalls } from './graph-calls.js';
import type * as wire from './wire.js';

const OBJECT = 'whatsapp_business_account';

/** The app as it signs its own calls. */
export interface App {
  readonly id: string;
  readonly secret: string | undefined;
}

/** Where Meta posts what the app hears of, whatever accounts it is subscribed to. */
export async function getAppSubscriptions(graph: GraphCalls, appId: string): Promise<readonly wire.AppSubscription[]> {
  const { data } = await graph.call<{ readonly data: readonly wire.AppSubscription[] }>({
    method: 'GET',
    path: at(appId, 'subscriptions'),
    as: 'app',
  });
  return data;
}

/** One callback per app: this replaces the one there was. */
export async function setAppSubscription(graph: GraphCalls, appId: string, callback: AppCallback): Promise<void> {
  const json = {
    object: OBJECT,
    callback_url: callback.callbackUrl,
    verify_token: callback.verifyToken,
    fields: JSON.stringify(callback.fields),
    include_values: true,
  };
  await graph.call({ method: 'POST', path: at(appId, 'subscriptions'), json, as: 'app' });
}

/** Meta posts nothing more of WhatsApp to the app. */
export async function deleteAppSubscription(graph: GraphCalls, appId: string): Promise<void> {
  await graph.call({ method: 'DELETE', path: at(appId, 'subscriptions'), query: { object: OBJECT }, as: 'app' });
}

/** What a token may do and until when. */
export async function debugToken(graph: GraphCalls, token: string, as: 'app' | 'bearer'): Promise<wire.TokenInfo> {
  const { data } = await graph.call<{ data: wire.TokenInfo }>({ method: 'GET', path: '/debug_token', query: { input_token: token }, as });
  return data;
}

/** A token, and when it ends: epoch ms; null when Meta does not say. */
export interface RefreshedToken {
  readonly token: string;
  readonly expiresAtMs: number | null;
}

/** Exchanges a system-user token that expires for one that lives 60 days more. */
export async function refreshToken(graph: GraphCalls, app: App, token: string, clock: Clock): Promise<RefreshedToken> {
  const answer = await graph.call<{ access_token: string; expires_in?: number }>({
    method: 'GET',
    path: '/oauth/access_token',
    query: {
      grant_type: 'fb_exchange_token',
      client_id: app.id,
      client_secret: app.secret,
      set_token_expires_in_60_days: true,
      fb_exchange_token: token,
    },
    as: 'app',
  });
  return {
    token: answer.access_token,
    expiresAtMs: answer.expires_in === undefined ? null : clock.nowMs() + answer.expires_in * 1_000,
  };
}
