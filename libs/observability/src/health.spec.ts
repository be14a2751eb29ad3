import { describe, expect, it } from '@jest/globals';
import { HealthRegistry } from './health.js';

const well = () => Promise.resolve();
const ill = (reason: string) => () => Promise.reject(new Error(reason));

describe(HealthRegistry.name, () => {
  it('is healthy while every check of that kind is', async () => {
    const sut = new HealthRegistry();
    sut.register('postgres', 'readiness', well);
    sut.register('event-loop', 'liveness', ill('stood still'));

    await expect(sut.report('readiness')).resolves.toEqual({ healthy: true, checks: { postgres: 'ok' } });
    await expect(sut.report('liveness')).resolves.toEqual({ healthy: false, checks: { 'event-loop': 'stood still' } });
  });

  it('names every check that fails, also one that throws at once', async () => {
    const sut = new HealthRegistry();
    sut.register('postgres', 'readiness', ill('connection refused'));
    sut.register('redis', 'readiness', () => {
      throw new Error('maxmemory-policy is allkeys-lru');
    });

    const report = await sut.report('readiness');

    expect(report.checks).toEqual({ postgres: 'connection refused', redis: 'maxmemory-policy is allkeys-lru' });
  });

  it('does not wait for ever for a check that hangs', async () => {
    const sut = new HealthRegistry({ checkBudgetMs: 10 });
    sut.register('postgres', 'readiness', () => new Promise(() => undefined));

    await expect(sut.report('readiness')).resolves.toMatchObject({ healthy: false, checks: { postgres: 'no answer within 10 ms' } });
  });

  it('is not ready, but alive, once it drains', async () => {
    const sut = new HealthRegistry();

    sut.drain();

    await expect(sut.report('readiness')).resolves.toEqual({ healthy: false, checks: { draining: 'stopping' } });
    await expect(sut.report('liveness')).resolves.toMatchObject({ healthy: true });
  });
});
