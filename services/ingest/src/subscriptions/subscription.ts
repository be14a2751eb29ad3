import { goesElsewhere, type WabaCheck } from '../store/waba.repository.js';

/** In one word how webhooks of a WABA stand, for people and metrics. */
export const SUBSCRIPTION_STATES = ['subscribed', 'elsewhere', 'unreadable', 'unchecked'] as const;
export type SubscriptionState = (typeof SUBSCRIPTION_STATES)[number];

/** What a check found, and whether it had to subscribe. */
export interface Finding extends WabaCheck {
  readonly wabaId: string;
  readonly resubscribed: boolean;
}

export function stateOf(waba: WabaCheck & { readonly checkedAt?: Date | null }): SubscriptionState {
  if (waba.checkedAt === null) return 'unchecked';
  if (waba.subscribed === null) return 'unreadable';
  return goesElsewhere(waba) ? 'elsewhere' : 'subscribed';
}

/** Whether two addresses are the same place. What is no URL is only like itself. */
export const isSameUrl = (a: string, b: string): boolean => normal(a) === normal(b);

function normal(url: string): string {
  if (!URL.canParse(url)) return url;
  const { origin, pathname, search } = new URL(url);
  return `${origin}${pathname.replace(/\/+$/, '')}${search}`;
}
