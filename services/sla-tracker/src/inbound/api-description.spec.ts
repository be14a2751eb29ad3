import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { describedRoutes, routesOf } from '@daybreak/testing';
import { AuditController } from './audit.controller.js';
import { RunsController } from './runs.controller.js';

describe('the description of the API', () => {
  it('names every route there is, and no other', () => {
    const described = describedRoutes(join(import.meta.dirname, '..', '..', 'openapi', 'sla-tracker.yaml'));

    expect(described.length).toBeGreaterThan(4);
    expect(described.toSorted()).toEqual([RunsController, AuditController].flatMap(routesOf).toSorted());
  });
});
