import { resolve } from 'node:path';
import { bootConfig } from '@daybreak/config';
import { serveApiDescription, startService } from '@daybreak/service-host';
import { CONSUMER_GROUP, schedulerConfig } from './scheduler.config.js';
import { SchedulerModule } from './scheduler.module.js';

const API = resolve(import.meta.dirname, '../openapi/scheduler.yaml');

await startService(SchedulerModule, bootConfig(schedulerConfig), {
  group: CONSUMER_GROUP,
  prepare: (app) => serveApiDescription(app, 'Daybreak scheduler', API),
});
