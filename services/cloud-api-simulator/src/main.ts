import { bootConfig } from '@daybreak/config';
import { startService } from '@daybreak/service-host';
import { simulatorConfig } from './cloud-api-simulator.config.js';
import { CloudApiSimulatorModule } from './cloud-api-simulator.module.js';
import { serveDocs } from './inbound/serve-docs.js';
import { bootSettings } from './settings/load-settings.js';

const config = bootConfig(simulatorConfig);
await startService(CloudApiSimulatorModule.for(config, bootSettings(config)), config, {
  prepare: serveDocs,
  http: { keepAliveTimeout: 120_000 }, // above what clients keep idle sockets for: the platform never closes one under a request
});
