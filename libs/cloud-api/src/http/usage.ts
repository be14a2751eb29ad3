import { objectIn, textIn, type JsonObject } from '../read-json.js';
import type { AnswerHeaders } from './exchange.js';

/** How much of a budget is used, in percent, as Meta reports it near the limit. */
export interface Usage {
  /** `X-App-Usage`: the app as a whole. */
  readonly app: { readonly callCount: number; readonly totalTime: number; readonly totalCpuTime: number } | null;
  /** `X-Business-Use-Case-Usage`: per account id and kind of call. */
  readonly businessUseCases: readonly BusinessUseCaseUsage[];
}

/** One kind of call of one account. Counts and times are percentages of what Meta allows. */
export interface BusinessUseCaseUsage {
  readonly accountId: string;
  readonly type: string;
  readonly callCount: number;
  readonly totalTime: number;
  readonly totalCpuTime: number;
  /** 0 while calls are let through. Meta says minutes. */
  readonly regainAccessInMs: number;
}

const NO_USAGE: Usage = { app: null, businessUseCases: [] };
const MINUTE_MS = 60_000;

const percent = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

function jsonHeader(headers: AnswerHeaders, name: string): JsonObject | null {
  const value = headers[name];
  if (typeof value !== 'string') return null;
  try {
    return objectIn(JSON.parse(value));
  } catch {
    return null; // a proxy may have cut it; the budget then simply stays unknown
  }
}

/** Reads both headers. One that is missing or unreadable says nothing; a figure that is none counts as 0. */
export function usageFrom(headers: AnswerHeaders): Usage {
  const app = jsonHeader(headers, 'x-app-usage');
  const perAccount = jsonHeader(headers, 'x-business-use-case-usage');
  if (!app && !perAccount) return NO_USAGE;
  return {
    app: app && {
      callCount: percent(app['call_count']),
      totalTime: percent(app['total_time']),
      totalCpuTime: percent(app['total_cputime']),
    },
    businessUseCases: Object.entries(perAccount ?? {}).flatMap(([accountId, list]) =>
      (Array.isArray(list) ? list : []).flatMap((entry: unknown) => {
        const use = objectIn(entry);
        if (!use) return [];
        return {
          accountId,
          type: textIn(use['type']) ?? 'unknown',
          callCount: percent(use['call_count']),
          totalTime: percent(use['total_time']),
          totalCpuTime: percent(use['total_cputime']),
          regainAccessInMs: percent(use['estimated_time_to_regain_access']) * MINUTE_MS,
        };
      }),
    ),
  };
}

/** How long the answer's headers ask us to wait: `Retry-After` (seconds or a date), or the longest regain time. Null when they ask nothing. */
export function retryAfterMsFrom(headers: AnswerHeaders, usage: Usage, nowMs: number): number | null {
  const regain = Math.max(0, ...usage.businessUseCases.map((use) => use.regainAccessInMs));
  const asked = Math.max(regain, retryAfterHeaderMs(headers['retry-after'], nowMs));
  return asked > 0 ? asked : null;
}

function retryAfterHeaderMs(value: string | string[] | undefined, nowMs: number): number {
  if (typeof value !== 'string') return 0;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? 0 : Math.max(0, at - nowMs);
}
