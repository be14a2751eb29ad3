import type { Clock } from '@daybreak/kernel';
import type { LiveSettings } from '../settings/settings.js';
import { GraphError } from './graph-error.js';

const HOUR_MS = 3_600_000;
const TOLD_FROM_PERCENT = 50; // usage headers accompany answers near the limit

/** Calls about a WABA that an app may make in any rolling hour: 5 000, or 200 for one without a registered number. */
export class ManagementBudget {
  private readonly calls = new Map<string, number[]>();

  constructor(
    private readonly clock: Clock,
    private readonly limits: () => LiveSettings['limits'],
  ) {}

  /** Takes one call; returns the headers of its answer. */
  spend(appId: string, wabaId: string, hasNumber: boolean): Record<string, string> {
    const nowMs = this.clock.nowMs();
    const { managementPerHour, managementPerHourWithoutNumber, throttlingHttpStatus } = this.limits();
    const budget = hasNumber ? managementPerHour : managementPerHourWithoutNumber;
    const calls = this.inLastHour(`${appId}/${wabaId}`, nowMs);
    if (calls.length >= budget) {
      throw new GraphError(80_008, {
        details: 'There have been too many calls to this WhatsApp Business account. Wait a bit and try again.',
        httpStatus: throttlingHttpStatus,
        subcode: 2_494_055,
        transient: true,
      });
    }
    calls.push(nowMs);
    const percent = Math.floor((100 * calls.length) / budget);
    return percent < TOLD_FROM_PERCENT ? {} : usageHeaders(wabaId, percent, Math.ceil(((calls[0] as number) + HOUR_MS - nowMs) / 60_000));
  }

  private inLastHour(key: string, nowMs: number): number[] {
    const calls = this.calls.get(key) ?? [];
    const firstRecent = calls.findIndex((atMs) => atMs > nowMs - HOUR_MS);
    const recent = firstRecent === 0 ? calls : firstRecent < 0 ? [] : calls.slice(firstRecent);
    this.calls.set(key, recent);
    return recent;
  }
}

function usageHeaders(wabaId: string, percent: number, regainMinutes: number): Record<string, string> {
  const usage = {
    type: 'whatsapp',
    call_count: percent,
    total_cputime: 0,
    total_time: 0,
    estimated_time_to_regain_access: percent >= 100 ? regainMinutes : 0,
  };
  return {
    'x-business-use-case-usage': JSON.stringify({ [wabaId]: [usage] }),
    'x-app-usage': JSON.stringify({ call_count: percent, total_time: 0, total_cputime: 0 }),
  };
}
