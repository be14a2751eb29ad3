import { parseClockSpec } from '@daybreak/kernel';
import { describe, expect, it } from '@jest/globals';
import { clockSpecFrom } from './clock-spec.js';
import { sharedEnvironment } from './shared-environment.js';

const stack = { redisUrl: 'redis://r', kafkaBrokers: 'k:1' };
const APART_MS = 50; // the wall clock is disciplined while a process runs; its monotonic clock is not
const namespace = { name: 'ns', databaseUrls: {}, secrets: { CLOUD_API_TOKEN: 'token' } };

describe(sharedEnvironment.name, () => {
  it('leads the services to the simulator and the simulator to ingest', () => {
    const urls = { 'cloud-api-simulator': 'http://127.0.0.1:1', ingest: 'http://127.0.0.1:2' };

    const env = sharedEnvironment({ stack, namespace, urls, clockSpec: 'clock' });

    expect(env).toMatchObject({
      NAMESPACE: 'ns',
      DAYBREAK_CLOCK: 'clock',
      CLOUD_API_BASE_URL: 'http://127.0.0.1:1',
      SIM_WEBHOOK_URL: 'http://127.0.0.1:2/webhooks/whatsapp',
      CLOUD_API_TOKEN: 'token',
    });
  });

  it('says nothing of what was not launched, nor of a clock that nobody set', () => {
    const env = sharedEnvironment({ stack, namespace, urls: {}, clockSpec: undefined });

    expect(Object.keys(env)).not.toEqual(expect.arrayContaining(['CLOUD_API_BASE_URL']));
    expect(env).not.toHaveProperty('DAYBREAK_CLOCK');
  });
});

describe(clockSpecFrom.name, () => {
  it('reaches the virtual instant after the time that services need to start', () => {
    const startedMs = Date.now();

    const { virtualOriginMs, speed, realOriginMs } = parseClockSpec(
      clockSpecFrom({ at: '2026-11-22T05:58:30+05:30', speed: 10, startsInMs: 5_000 }),
    );

    expect(virtualOriginMs).toBe(Date.parse('2026-11-22T00:28:30Z'));
    expect(speed).toBe(10);
    expect(realOriginMs).toBeGreaterThanOrEqual(startedMs + 5_000 - APART_MS);
    expect(realOriginMs).toBeLessThanOrEqual(Date.now() + 5_000 + APART_MS);
  });

  it('refuses an instant without an offset', () => {
    expect(() => clockSpecFrom({ at: '2026-11-22T05:58:30', speed: 1 })).toThrow(/offset/);
  });
});
