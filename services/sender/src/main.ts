import { resolve } from 'node:path';
import { bootConfig } from '@daybreak/config';
import { serveApiDescription, startService } from '@daybreak/service-host';
import { CONSUMER_GROUP, senderConfig } from './sender.config.js';
import { SenderModule } from './sender.module.js';

const API = resolve(import.meta.dirname, '../openapi/sender.yaml');

await startService(SenderModule, bootConfig(senderConfig), {
  group: CONSUMER_GROUP,
  prepare: (app) => serveApiDescription(app, 'Daybreak sender', API),
});
