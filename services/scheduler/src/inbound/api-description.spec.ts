import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { describedRoutes, routesOf } from '@daybreak/testing';
import { RunsController } from './runs.controller.js';

describe('the description of the API', () => {
  it('names every route there is, and no other', () => {
    const described = describedRoutes(join(import.meta.dirname, '..', '..', 'openapi', 'scheduler.yaml'));

    expect(described.length).toBeGreaterThan(4);
    expect(described.toSorted()).toEqual([RunsController].flatMap(routesOf).toSorted());
  });
});
