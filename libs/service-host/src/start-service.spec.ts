import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commonConfig, loadConfig } from '@daybreak/config';
import { HealthRegistry, ObservabilityModule } from '@daybreak/observability';
import { Module } from '@nestjs/common';
import { z } from 'zod';
import { serveApiDescription } from './serve-api-description.js';
import { startService, type RunningService } from './start-service.js';

@Module({ imports: [ObservabilityModule.for({ service: 'specimen' })] })
class SpecimenModule {}

const config = loadConfig(z.object(commonConfig), { HTTP_PORT: '0', HTTP_HOST: '127.0.0.1', LOG_LEVEL: 'fatal' });

const DESCRIPTION = resolve(import.meta.dirname, '../../../services/cloud-api-simulator/openapi/simulator.yaml');

describe(startService.name, () => {
  let running: RunningService;
  const get = (path: string) => fetch(`http://127.0.0.1:${running.port}${path}`);

  beforeAll(async () => {
    running = await startService(SpecimenModule, config, {
      prepare: (app) => {
        app
          .getHttpAdapter()
          .getInstance()
          .get('/outside-nest', () => 'prepared');
        serveApiDescription(app, 'specimen', DESCRIPTION);
      },
    });
  });

  afterAll(() => running.app.close());

  it('listens on a free port and serves what was prepared before it listened', async () => {
    expect(running.port).toBeGreaterThan(0);
    await expect((await get('/outside-nest')).text()).resolves.toBe('prepared');
  });

  it('shows metrics to Prometheus', async () => {
    const response = await get('/metrics');

    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
    expect(text).toContain('daybreak_webhook_requests_total');
  });

  it('shows its API description, and the page that reads it', async () => {
    const [description, page] = await Promise.all([get('/openapi.yaml'), get('/docs')]);

    expect(description.headers.get('content-type')).toBe('application/yaml');
    expect(await description.text()).toBe(readFileSync(DESCRIPTION, 'utf8'));
    const loaded = [...(await page.text()).matchAll(/(?:href|src)="(docs\/[^"]+)"/g)].map(([, path]) => path);
    expect(loaded).toHaveLength(2);
    for (const path of loaded) expect((await get(`/${path}`)).status).toBe(200);
  });

  it('is alive and ready, and stops being ready, not alive, when it drains', async () => {
    expect([(await get('/healthz')).status, (await get('/readyz')).status]).toEqual([200, 200]);

    running.app.get(HealthRegistry).drain();

    const readiness = await get('/readyz');
    expect([(await get('/healthz')).status, readiness.status]).toEqual([200, 503]);
    await expect(readiness.json()).resolves.toEqual({ healthy: false, checks: { draining: 'stopping' } });
  });
});
