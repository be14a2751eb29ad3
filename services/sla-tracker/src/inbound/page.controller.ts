import { readFile } from 'node:fs/promises';
import { Open } from '@daybreak/access';
import { Controller, Get, Header } from '@nestjs/common';

const FOLDER = new URL('../../page/', import.meta.url);
/** The page loads nothing from anywhere else and runs no script but its own. */
const SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'";

/** The page that shows a run as it goes. Four files, no framework, open to everybody: what it shows it asks for with the visitor's own token. */
@Controller()
@Open()
export class PageController {
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', SECURITY_POLICY)
  @Header('cache-control', 'no-cache')
  page(): Promise<string> {
    return readFile(new URL('index.html', FOLDER), 'utf8');
  }

  @Get('page/app.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  @Header('cache-control', 'no-cache')
  script(): Promise<string> {
    return readFile(new URL('app.js', FOLDER), 'utf8');
  }

  @Get('page/events.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  @Header('cache-control', 'no-cache')
  events(): Promise<string> {
    return readFile(new URL('events.js', FOLDER), 'utf8');
  }

  @Get('page/style.css')
  @Header('content-type', 'text/css; charset=utf-8')
  @Header('cache-control', 'no-cache')
  style(): Promise<string> {
    return readFile(new URL('style.css', FOLDER), 'utf8');
  }
}
