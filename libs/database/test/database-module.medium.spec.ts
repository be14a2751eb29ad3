import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigModule } from '@daybreak/config';
import { HealthRegistry } from '@daybreak/observability';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Database } from '../src/database.js';
import { DatabaseModule } from '../src/database.module.js';
import { AService } from './a-service.js';

@Global()
@Module({ providers: [HealthRegistry], exports: [HealthRegistry] })
class HealthModule {}

describe(DatabaseModule.name, () => {
  let service: AService;
  beforeAll(async () => {
    service = await AService.create();
    await service.write('202611230900_start', 'create table thing (id integer);');
    await service.migrate();
  });
  afterAll(() => service.drop());

  const start = (url: string) => {
    const config = { NAMESPACE: service.namespace, DATABASE_URL: url, DATABASE_POOL_SIZE: 2, DAYBREAK_CLOCK_SKEW_MS: 0 };
    @Module({ imports: [ConfigModule.for(config), HealthModule, DatabaseModule.for({ service: 'specimen' })] })
    class Specimen {}
    return NestFactory.createApplicationContext(Specimen, { logger: false, abortOnError: false });
  };

  it('works in the service’s schema as its role, says that it is ready, and closes with the application', async () => {
    const app = await start(service.url());
    const database = app.get(Database);

    await expect(database.query('select current_schema() as schema, current_user as role')).resolves.toEqual([
      { schema: service.schema, role: service.schema },
    ]);
    await expect(app.get(HealthRegistry).report('readiness')).resolves.toEqual({ healthy: true, checks: { database: 'ok' } });
    await app.close();

    await expect(database.query('select 1')).rejects.toThrow(/after calling end/);
  });

  it('does not let a service start that cannot sign in', async () => {
    const url = new URL(service.url());
    url.password = 'wrong';

    await expect(start(url.href)).rejects.toThrow(/authentication failed/);
  });
});
