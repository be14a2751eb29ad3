import type { HostConfig, HostOptions, RunningService } from '@daybreak/service-host';
import type { DynamicModule, Type } from '@nestjs/common';
import type { z } from 'zod';

/** A service that runs in the test’s own process. */
export interface InTest extends RunningService {
  /** Of the service's HTTP server. */
  readonly url: string;
  stop(): Promise<void>;
}

/** A service as it runs in production, in this process; ready once its consumers have joined their group. Rejects when it cannot start. */
export async function startInTest<S extends z.ZodObject>(
  module: Type | DynamicModule,
  schema: S,
  env: Readonly<Record<string, string>>,
  options: HostOptions = {},
): Promise<InTest> {
  const [{ loadConfig }, { EventBus }, { openService }] = await Promise.all([
    import('@daybreak/config'),
    import('@daybreak/event-bus'),
    import('@daybreak/service-host'),
  ]);
  const running = await openService(module, loadConfig(schema, env) as unknown as HostConfig, options);
  try {
    if (options.group !== undefined) await running.app.get(EventBus).joined();
  } catch (error) {
    await running.app.close();
    throw error;
  }
  return { ...running, url: `http://127.0.0.1:${running.port}`, stop: () => running.app.close() };
}
