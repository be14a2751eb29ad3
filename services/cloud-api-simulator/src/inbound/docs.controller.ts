import { Controller, Get, Header, NotFoundException, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';

/** Files of the reader that the page needs, by type; nothing else of the package is served. */
const ASSETS: Readonly<Record<string, string>> = { 'swagger-ui.css': 'text/css', 'swagger-ui-bundle.js': 'text/javascript' };

const READER = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const DESCRIPTION = resolve(import.meta.dirname, '../../openapi/simulator.yaml');

const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>cloud-api-simulator</title><link rel="stylesheet" href="docs/swagger-ui.css"></head>
<body>
<div id="api"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({ url: 'openapi.yaml', dom_id: '#api', docExpansion: 'none' });</script>
</body>
</html>`;

/** The OpenAPI description, and a page that reads it. */
@Controller('_sim')
export class DocsController {
  @Get('docs')
  @Header('content-type', 'text/html; charset=utf-8')
  page(): string {
    return PAGE;
  }

  @Get('openapi.yaml')
  @Header('content-type', 'application/yaml')
  description(): string {
    return readFileSync(DESCRIPTION, 'utf8');
  }

  @Get('docs/:file')
  async asset(@Param('file') file: string, @Res() reply: FastifyReply): Promise<void> {
    const type = ASSETS[file];
    if (type === undefined) throw new NotFoundException('the page has no such file');
    await reply.type(type).send(readFileSync(resolve(READER, file)));
  }
}
