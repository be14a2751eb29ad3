import { bootConfig } from '@daybreak/config';
import { startService } from '@daybreak/service-host';
import { slaTrackerConfig } from './sla-tracker.config.js';
import { SlaTrackerModule } from './sla-tracker.module.js';

await startService(SlaTrackerModule, bootConfig(slaTrackerConfig), { group: 'sla-tracker' });
