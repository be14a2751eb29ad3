import type { Destination, WebhookUpdate } from '../outbound/webhook-update.js';
import type { Directory } from './directory.js';

/**
 * Which apps hear of an update, and where. Only apps subscribed to the WABA do ("shadow delivery" is the lack of it). The number's
 * own callback wins over the WABA's, and that over the app's; both overrides hold for `messages` only.
 */
export function destinationsOf(directory: Directory, update: WebhookUpdate): Destination[] {
  const waba = directory.wabas.get(update.wabaId);
  if (waba === undefined) return [];
  return [...waba.subscribedApps].flatMap(([appId, subscription]) => {
    const app = directory.apps.get(appId);
    if (app === undefined || !app.fields.has(update.field)) return [];
    const number = update.number === undefined ? undefined : directory.numbers.get(update.number.id);
    const override = update.field === 'messages' ? (number?.callbackOverride ?? subscription.overrideCallbackUri) : undefined;
    const url = override ?? app.callbackUrl;
    return url === undefined ? [] : [{ appId, url, appSecret: app.secret }];
  });
}
