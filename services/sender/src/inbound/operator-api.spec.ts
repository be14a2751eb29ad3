import { describe, expect, it } from '@jest/globals';
import { RequestMethod } from '@nestjs/common';
import { describedRoutes } from '../../test/api-description.js';
import { MessagesController } from './messages.controller.js';
import { ShardsController } from './shards.controller.js';

/** `GET /shards/{shardId}` and so on, as Nest will register them. */
function routesOf(controller: { readonly prototype: object; readonly name: string }): string[] {
  const prefix = String(Reflect.getMetadata('path', controller)).replaceAll('/', '');
  return Object.getOwnPropertyNames(controller.prototype).flatMap((name) => {
    const handler = (controller.prototype as Record<string, object>)[name] ?? {};
    const method = Reflect.getMetadata('method', handler) as RequestMethod | undefined;
    if (method === undefined) return [];
    const path = [prefix, String(Reflect.getMetadata('path', handler))].join('/').split('/').filter(Boolean).join('/');
    return [`${RequestMethod[method]} /${path.replace(/:(\w+)/g, '{$1}')}`];
  });
}

describe('the operator API’s description', () => {
  it('names every route there is, and no other', () => {
    const routes = [ShardsController, MessagesController].flatMap(routesOf);

    expect(routes.length).toBeGreaterThan(10);
    expect(describedRoutes().toSorted()).toEqual(routes.toSorted());
  });
});
