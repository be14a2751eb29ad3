import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { commonConfig, loadConfig } from '@daybreak/config';
import { HealthRegistry, ObservabilityModule } from '@daybreak/observability';
import { Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { serveApiDescription } from './serve-api-description.js';
import { openService, startService, type RunningService } from './start-service.js';

@Module({ imports: [ObservabilityModule.for({ service: 'specimen' })] })
class SpecimenModule {}

/** A service whose store does not answer: what it opened before must be closed again. */
@Module({ imports: [ObservabilityModule.for({ service: 'specimen' })] })
class UnreachableStoreModule implements OnModuleInit, OnApplicationShutdown {
  static closed = 0;

  onModuleInit(): Promise<void> {
    return Promise.reject(new Error('timeout exceeded when trying to connect'));
  }

  onApplicationShutdown(): void {
    UnreachableStoreModule.closed += 1;
  }
}

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
        serveApiDescription(app, 'specimen', DESCRIPTION, '/below');
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

  it.each(['', '/below'])('shows its API description, and the page that reads it, under "%s"', async (prefix) => {
    const [description, page] = await Promise.all([get(`${prefix}/openapi.yaml`), get(`${prefix}/docs`)]);

    expect(description.headers.get('content-type')).toBe('application/yaml');
    expect(await description.text()).toBe(readFileSync(DESCRIPTION, 'utf8'));
    const loaded = [...(await page.text()).matchAll(/(?:href|src)="(docs\/[^"]+)"/g)].map(([, path]) => path);
    expect(loaded).toHaveLength(2);
    for (const path of loaded) expect((await get(`${prefix}/${path}`)).status).toBe(200);
    expect((await get(`${prefix}/docs/package.json`)).status).toBe(404);
  });

  it('is alive and ready, and stops being ready, not alive, when it drains', async () => {
    expect([(await get('/healthz')).status, (await get('/readyz')).status]).toEqual([200, 200]);

    running.app.get(HealthRegistry).drain();

    const readiness = await get('/readyz');
    expect([(await get('/healthz')).status, readiness.status]).toEqual([200, 503]);
    await expect(readiness.json()).resolves.toEqual({ healthy: false, checks: { draining: 'stopping' } });
  });
});

describe(openService.name, () => {
  it('rejects when the service cannot start, closes what it opened and leaves the process alone', async () => {
    const exit = jest.spyOn(process, 'exit').mockImplementation(() => undefined as never);
    const listeners = () => ['SIGTERM', 'unhandledRejection'].map((event) => process.listenerCount(event));
    const before = listeners();

    await expect(openService(UnreachableStoreModule, config)).rejects.toThrow('timeout exceeded when trying to connect');

    expect(UnreachableStoreModule.closed).toBe(1);
    expect(exit).not.toHaveBeenCalled();
    expect(listeners()).toEqual(before);
    exit.mockRestore();
  });
});
