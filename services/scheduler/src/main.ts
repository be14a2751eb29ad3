import { bootConfig } from '@daybreak/config';
import { startService } from '@daybreak/service-host';
import { CONSUMER_GROUP, schedulerConfig } from './scheduler.config.js';
import { SchedulerModule } from './scheduler.module.js';

await startService(SchedulerModule, bootConfig(schedulerConfig), { group: CONSUMER_GROUP });
