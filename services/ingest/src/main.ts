import { bootConfig } from '@daybreak/config';
import { startService } from '@daybreak/service-host';
import { openDoors } from './inbound/open-doors.js';
import { ingestConfig } from './ingest.config.js';
import { IngestModule } from './ingest.module.js';

await startService(IngestModule, bootConfig(ingestConfig), {
  group: 'ingest',
  tuning: { fetchMinBytes: 32_768 }, // webhooks need the processor more than half a second matters to what is consumed
  http: { requestTimeout: 600_000 }, // an import of consent; webhooks have a shorter one of their own
  sockets: 16, // at a morning's first messages, and in a storm, connections come by the hundred
  prepare: openDoors,
});
