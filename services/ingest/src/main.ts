import { bootConfig } from '@daybreak/config';
import { startService } from '@daybreak/service-host';
import { WebhookController } from './inbound/webhook.controller.js';
import { ingestConfig } from './ingest.config.js';
import { IngestModule } from './ingest.module.js';

await startService(IngestModule, bootConfig(ingestConfig), {
  group: 'ingest',
  http: { requestTimeout: 5_000 }, // Meta's bodies come at once or not at all
  prepare: (app) => app.get(WebhookController).register(app.getHttpAdapter().getInstance()),
});
