import type { Clock } from '@daybreak/kernel';
import type { BusinessUseCaseUsage } from '../http/usage.js';

/**
 * Calls to a WABA and its edges are counted per app and WABA by the hour: 200, or 5 000 with a registered number.
 * All replicas share the one budget, so a service backs this port with a store they share.
 * https://developers.facebook.com/docs/graph-api/overview/rate-limiting
 */
export interface ManagementBudget {
  /** Takes one call out of the budget, or says when to ask again. */
  take(wabaId: string): Promise<BudgetGrant>;
  /** What Meta itself counts, from the headers of an answer. */
  observe(usage: BusinessUseCaseUsage): Promise<void>;
}

/** Whether a call may be made now; if not, after how many milliseconds to ask again. */
export type BudgetGrant = { readonly granted: true } | { readonly granted: false; readonly retryAfterMs: number };

/** Meta's limit for an app and an account that has no registered phone number. */
export const CALLS_PER_HOUR_WITHOUT_NUMBER = 200;
/** Meta's limit for an app and an account with at least one registered phone number. */
export const CALLS_PER_HOUR_WITH_NUMBER = 5_000;

const HOUR_MS = 3_600_000;

/** Sending has a budget of its own. Meta names kinds of calls in more than one way: whatsapp, whatsapp_business_management, …_messaging. */
export const isOfSends = ({ type }: BusinessUseCaseUsage): boolean => type.includes('messaging');

/** The budget of a process that is alone: a rolling hour, per WABA, in memory. */
export class LocalManagementBudget implements ManagementBudget {
  private readonly calls = new Map<string, number[]>();
  private readonly closedUntilMs = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly callsPerHour: number,
  ) {}

  take(wabaId: string): Promise<BudgetGrant> {
    const nowMs = this.clock.nowMs();
    const closedMs = (this.closedUntilMs.get(wabaId) ?? 0) - nowMs;
    if (closedMs > 0) return Promise.resolve({ granted: false, retryAfterMs: closedMs });
    const recent = (this.calls.get(wabaId) ?? []).filter((atMs) => atMs > nowMs - HOUR_MS);
    this.calls.set(wabaId, recent);
    const oldest = recent[0];
    if (recent.length >= this.callsPerHour && oldest !== undefined)
      return Promise.resolve({ granted: false, retryAfterMs: oldest + HOUR_MS - nowMs });
    recent.push(nowMs);
    return Promise.resolve({ granted: true });
  }

  observe(usage: BusinessUseCaseUsage): Promise<void> {
    if (isOfSends(usage)) return Promise.resolve();
    if (usage.regainAccessInMs > 0) this.closedUntilMs.set(usage.accountId, this.clock.nowMs() + usage.regainAccessInMs);
    return Promise.resolve();
  }
}
