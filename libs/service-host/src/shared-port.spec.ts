import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { commonConfig, loadConfig } from '@daybreak/config';
import { ObservabilityModule } from '@daybreak/observability';
import { Module } from '@nestjs/common';
import { Pool } from 'undici';
import { z } from 'zod';
import { SharedPortAdapter } from './shared-port.js';
import { openService, type RunningService } from './start-service.js';

@Module({ imports: [ObservabilityModule.for({ service: 'specimen' })] })
class SpecimenModule {}

const SOCKETS = 4;
const GUESTS = 32;

const configOn = (port: number) =>
  loadConfig(z.object(commonConfig), { HTTP_PORT: String(port), HTTP_HOST: '127.0.0.1', LOG_LEVEL: 'fatal' });

/** As the kernel counts them. */
function listenersOn(port: number): number {
  const place = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local === place && state === '0A').length;
}

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux(SharedPortAdapter.name, () => {
  let running: RunningService;
  let pool: Pool;
  let inside: number;
  let letGo: () => void;

  beforeEach(async () => {
    inside = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    letGo = resolve;
    running = await openService(SpecimenModule, configOn(0), {
      sockets: SOCKETS,
      prepare: (app) => {
        const http = app.getHttpAdapter().getInstance();
        http.get('/slow', async () => {
          inside += 1;
          await promise;
          return 'answered';
        });
        http.get('/', () => 'welcome');
      },
    });
    pool = new Pool(`http://127.0.0.1:${running.port}`, { connections: GUESTS, pipelining: 1 });
  });
  afterEach(async () => {
    letGo();
    await Promise.all([pool.destroy(), running.app.close()]);
  });

  const get = (path: string): Promise<string> => pool.request({ path, method: 'GET' }).then(({ body }) => body.text());

  it('welcomes guests on all of its sockets', async () => {
    expect(listenersOn(running.port)).toBe(SOCKETS);
    await expect(Promise.all(Array.from({ length: GUESTS }, () => get('/')))).resolves.toEqual(Array(GUESTS).fill('welcome'));
  });

  it('ends when the last guest has been answered, through whichever socket it came', async () => {
    const answers = Array.from({ length: GUESTS }, () => get('/slow'));
    while (inside < GUESTS) await new Promise(setImmediate);
    let isClosed = false;
    const closing = running.app.close().then(() => (isClosed = true));
    while (listenersOn(running.port) > 0) await new Promise(setImmediate);
    expect(isClosed).toBe(false);

    letGo();

    await expect(Promise.all(answers)).resolves.toEqual(Array(GUESTS).fill('answered'));
    await closing;
    await expect(get('/')).rejects.toThrow('ECONNREFUSED');
  });

  it('shares its port with itself alone', async () => {
    await expect(openService(SpecimenModule, configOn(running.port), { sockets: SOCKETS })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
