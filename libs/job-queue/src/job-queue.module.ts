import { CONFIG } from '@daybreak/config';
import { HealthRegistry } from '@daybreak/observability';
import { Module, type DynamicModule } from '@nestjs/common';
import { JobQueues, type JobQueuesConfig } from './job-queues.js';

/** Provides `JobQueues` to the whole service, from its `redisConfig`, and watches over the workers. */
@Module({})
export class JobQueueModule {
  static for(): DynamicModule {
    return {
      module: JobQueueModule,
      global: true,
      providers: [
        {
          provide: JobQueues,
          inject: [CONFIG, { token: HealthRegistry, optional: true }],
          useFactory: (config: JobQueuesConfig, health?: HealthRegistry) => {
            const queues = new JobQueues(config);
            health?.register('redis', 'readiness', () => queues.ping());
            health?.register('job-workers', 'liveness', () => Promise.resolve().then(() => queues.assertConsuming()));
            return queues;
          },
        },
      ],
      exports: [JobQueues],
    };
  }
}
