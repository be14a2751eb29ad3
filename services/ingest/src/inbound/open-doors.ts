import { resolve } from 'node:path';
import { serveApiDescription } from '@daybreak/service-host';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { WebhookController } from './webhook.controller.js';

const DESCRIPTION = resolve(import.meta.dirname, '../../openapi/ingest.yaml');

/** What is served beside Nest, and what Nest's routes need of the server before it listens. */
export function openDoors(app: NestFastifyApplication): void {
  const http = app.getHttpAdapter().getInstance();
  app.get(WebhookController).register(http);
  // A file of any length: the route reads it as it comes.
  http.addContentTypeParser('text/csv', (_request, csv, done) => done(null, csv));
  serveApiDescription(app, 'ingest', DESCRIPTION);
}
