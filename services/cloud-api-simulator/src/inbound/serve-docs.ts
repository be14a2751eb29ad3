import { resolve } from 'node:path';
import { serveApiDescription } from '@daybreak/service-host';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

const DESCRIPTION = resolve(import.meta.dirname, '../../openapi/simulator.yaml');

/** The description and its page lie with the administration: everything else belongs to the Graph API. */
export const serveDocs = (app: NestFastifyApplication): void => serveApiDescription(app, 'cloud-api-simulator', DESCRIPTION, '/_sim');
