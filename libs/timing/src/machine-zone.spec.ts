import { afterEach, describe, expect, it } from '@jest/globals';
import { Settings } from 'luxon';
import { localDateOf, localTimeOf, nextRunDate } from './local-time.js';
import { sendWindowFor } from './send-window.js';

afterEach(() => {
  Settings.defaultZone = 'system';
});

describe('the zone of the machine', () => {
  it.each(['UTC', 'America/New_York', 'Pacific/Kiritimati'])('changes nothing: %s', (zone) => {
    Settings.defaultZone = zone;

    const window = sendWindowFor({ runDate: '2026-11-22' });

    expect(window.opensAt).toBe(Date.parse('2026-11-22T00:29:30Z'));
    expect(window.finalSealAt).toBe(Date.parse('2026-11-23T00:45:00Z'));
    expect([localDateOf(window.opensAt), localTimeOf(window.opensAt), nextRunDate(window.closesAt)]).toEqual([
      '2026-11-22',
      '05:59:30',
      '2026-11-23',
    ]);
  });
});
