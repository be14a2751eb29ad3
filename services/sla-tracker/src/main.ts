import { resolve } from 'node:path';
import { bootConfig } from '@daybreak/config';
import { serveApiDescription, startService } from '@daybreak/service-host';
import { slaTrackerConfig } from './sla-tracker.config.js';
import { SlaTrackerModule } from './sla-tracker.module.js';

const API = resolve(import.meta.dirname, '../openapi/sla-tracker.yaml');

await startService(SlaTrackerModule, bootConfig(slaTrackerConfig), {
  group: 'sla-tracker',
  prepare: (app) => serveApiDescription(app, 'Daybreak sla-tracker', API),
});
