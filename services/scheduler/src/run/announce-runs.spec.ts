import { describe, expect, it } from '@jest/globals';
import { aConfig, at } from '../../test/plan.factory.js';
import { runsToAnnounce } from './announce-runs.js';

const idsAt = (instant: number, env = {}): string[] => runsToAnnounce(instant, aConfig(env)).map((run) => run.runId);

describe(runsToAnnounce.name, () => {
  it('announces today and the days ahead', () => {
    expect(idsAt(at('05:00:00'), { RUN_DAYS: '3' })).toEqual(['main-20261122-0600', 'main-20261123-0600', 'main-20261124-0600']);
  });

  it('still announces today in mid-window, and no more once it is over', () => {
    expect(idsAt(at('06:04:29'))).toContain('main-20261122-0600');
    expect(idsAt(at('06:04:30'))).toEqual(['main-20261123-0600']);
  });

  it('goes by the local date, not by that of UTC', () => {
    expect(idsAt(Date.parse('2026-11-21T23:00:00Z'), { RUN_DAYS: '1' })).toEqual(['main-20261122-0600']);
  });

  it('carries tenant, window and every configured instant', () => {
    const [run] = runsToAnnounce(
      at('05:00:00'),
      aConfig({ TENANT_ID: 'acme', RUN_WINDOW: '0605', FREEZE_AT: '05:58:40', STAGED_BY: '05:59:10', LIVE_SEAL_AT: '06:05:45' }),
    );

    expect(run).toMatchObject({
      runId: 'acme-20261122-0605',
      state: 'OPEN',
      version: 1,
      window: { freezeAt: at('05:58:40'), stagedBy: at('05:59:10'), opensAt: at('05:59:30'), liveSealAt: at('06:05:45') },
    });
  });
});
