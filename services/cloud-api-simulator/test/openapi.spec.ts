import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { answeredOperations } from '../src/inbound/graph-dispatch.js';
import { TestSimulator } from './simulator.js';

describe('the OpenAPI page', () => {
  let simulator: TestSimulator;
  let operations: string[];
  beforeAll(async () => {
    simulator = await TestSimulator.start();
    const { paths } = parse(String((await simulator.call('GET', '/_sim/openapi.yaml')).body['text'])) as {
      paths: Record<string, Record<string, unknown>>;
    };
    operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item)
        .filter((m) => m !== 'parameters')
        .map((m) => `${m.toUpperCase()} ${path}`),
    );
  });
  afterAll(() => simulator.stop());

  it('describes exactly what of Meta’s API is answered', () => {
    expect(operations.filter((o) => o.includes(' /{version}')).sort()).toEqual(answeredOperations().sort());
  });

  it('describes nothing of its own that does not exist', async () => {
    for (const operation of operations.filter((o) => / \/_(sim|origin)/.test(o))) {
      const [method = '', path = ''] = operation.split(' ');
      const answer = await simulator.call(method, path.replace('{id}', 'x').replace('{path}', 'x.png'), method === 'GET' ? undefined : {});

      expect([operation, JSON.stringify(answer.body)]).not.toEqual([operation, expect.stringContaining(`Cannot ${method}`)]);
    }
  });

  it('is a page that brings its own reader', async () => {
    expect((await simulator.call('GET', '/_sim/docs')).body['text']).toContain('docs/swagger-ui-bundle.js');
    expect((await simulator.call('GET', '/_sim/docs/swagger-ui-bundle.js')).status).toBe(200);
    expect((await simulator.call('GET', '/_sim/docs/package.json')).status).toBe(400); // no file of the page: the Graph API answers
  });
});
