import { readFileSync } from 'node:fs';
import { RequestMethod } from '@nestjs/common';
import { parse } from 'yaml';

const METHODS = ['get', 'post', 'put', 'delete'];

/** What an OpenAPI description names: `GET /runs/{runId}` and so on. */
export function describedRoutes(file: string): string[] {
  const { paths } = parse(readFileSync(file, 'utf8')) as { readonly paths: Readonly<Record<string, object>> };
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((key) => METHODS.includes(key))
      .map((method) => `${method.toUpperCase()} ${path}`),
  );
}

/** The routes of a controller, as Nest will register them. */
export function routesOf(controller: { readonly prototype: object }): string[] {
  const prefix = String(Reflect.getMetadata('path', controller)).replaceAll('/', '');
  return Object.getOwnPropertyNames(controller.prototype).flatMap((name) => {
    const handler = (controller.prototype as Record<string, object>)[name] ?? {};
    const method = Reflect.getMetadata('method', handler) as RequestMethod | undefined;
    if (method === undefined) return [];
    const path = [prefix, String(Reflect.getMetadata('path', handler))].join('/').split('/').filter(Boolean).join('/');
    return [`${RequestMethod[method]} /${path.replace(/:(\w+)/g, '{$1}')}`];
  });
}
