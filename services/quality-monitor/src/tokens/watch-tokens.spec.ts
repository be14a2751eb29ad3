import { beforeEach, describe, expect, it } from '@jest/globals';
import { CloudApiError, type TokenFinding } from '@daybreak/cloud-api';
import { AlertSeverity, type AlertRaised } from '@daybreak/contracts';
import { manualClock } from '@daybreak/kernel';
import { createLogger } from '@daybreak/observability';
import { WatchTokens } from './watch-tokens.js';

const good: TokenFinding = { index: 0, state: 'valid', expiresAtMs: null, dataAccessExpiresAtMs: null, missingScopes: [], wabaIds: null };
const refused: TokenFinding = { ...good, state: 'invalid' };

describe(WatchTokens.name, () => {
  let findings: readonly TokenFinding[] | Error;
  let raised: AlertRaised[];
  let sut: WatchTokens;

  beforeEach(() => {
    raised = [];
    sut = new WatchTokens(
      { check: () => (findings instanceof Error ? Promise.reject(findings) : Promise.resolve(findings)) },
      { publish: (_topic, events) => Promise.resolve(void raised.push(...(events as readonly unknown[] as readonly AlertRaised[]))) },
      manualClock(Date.parse('2026-11-23T00:00:00Z')),
      createLogger('test', { level: 'fatal', format: 'json' }),
    );
  });

  /** One round: what it says of the WABA, and whom it told so far. */
  const round = async (found: readonly TokenFinding[] | Error): Promise<[string | undefined, AlertSeverity[]]> => {
    findings = found;
    const facts = await sut.facts(['waba-1']);
    return [facts.get('waba-1')?.state, raised.map((alert) => alert.severity)];
  };

  it('tells of a trouble once, of another one again, and of the same one anew after it was over', async () => {
    expect(await round([refused])).toEqual(['failed', [AlertSeverity.PAGE]]);
    expect(await round([refused])).toEqual(['failed', [AlertSeverity.PAGE]]);
    expect(await round([{ ...good, missingScopes: ['whatsapp_business_messaging'] }])).toEqual([
      'failed',
      [AlertSeverity.PAGE, AlertSeverity.PAGE],
    ]);
    await round([good]);
    expect((await round([refused]))[1]).toHaveLength(3);
  });

  it('warns while another token does the work', async () => {
    expect(await round([refused, { ...good, index: 1 }])).toEqual(['degraded', [AlertSeverity.WARNING]]);
    expect(raised[0]).toMatchObject({ alertName: 'DaybreakAccessTokenUnfit', summary: 'WABA waba-1: token 1 is refused by the platform' });
  });

  it('does not know while the platform is away, and does not tell the same again afterwards', async () => {
    await round([refused]);

    expect((await round(new Error('away')))[0]).toBe('unknown');
    expect((await round([refused]))[1]).toHaveLength(1);
  });

  it('pages when the question itself is refused', async () => {
    const noToken = new CloudApiError({ code: 190, subcode: 463, type: null, details: null, fbtraceId: null, isTransient: null }, 401);

    expect(await round(noToken)).toEqual(['failed', [AlertSeverity.PAGE]]);
  });
});
