import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Files of the reader that the page needs, by type; nothing else of the package is served. */
const ASSETS: Readonly<Record<string, string>> = { 'swagger-ui.css': 'text/css', 'swagger-ui-bundle.js': 'text/javascript' };

const READER = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

const page = (title: string): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title><link rel="stylesheet" href="docs/swagger-ui.css"></head>
<body>
<div id="api"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({ url: 'openapi.yaml', dom_id: '#api', docExpansion: 'list' });</script>
</body>
</html>`;

/**
 * GET /docs, a page that reads the service's OpenAPI description, and GET /openapi.yaml, the description. Beside Nest, and open to
 * everybody who reaches the service: it describes the API and holds no data.
 * @param prefix path that both are below, e.g. `/_sim`, where the root is taken
 */
export function serveApiDescription(app: NestFastifyApplication, title: string, file: string, prefix = ''): void {
  const description = readFileSync(file, 'utf8');
  const http = app.getHttpAdapter().getInstance();
  http.get(`${prefix}/docs`, (_, reply) => reply.type('text/html; charset=utf-8').send(page(title)));
  http.get(`${prefix}/openapi.yaml`, (_, reply) => reply.type('application/yaml').send(description));
  for (const [name, type] of Object.entries(ASSETS))
    http.get(`${prefix}/docs/${name}`, (_, reply) => reply.type(type).send(readFileSync(resolve(READER, name))));
}
