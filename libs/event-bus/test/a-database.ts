import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database, migrate, schemaNameOf } from '@daybreak/database';
import { testAddress } from './a-namespace.js';

export interface TestDatabase {
  readonly database: Database;
  drop(): Promise<void>;
}

/** A schema with the outbox and the inbox that the database lib's README tells every service to have, and a table to change. */
export async function aDatabase(namespace: string): Promise<TestDatabase> {
  const adminUrl = testAddress('TEST_DATABASE_URL');
  const readme = await readFile(join(import.meta.dirname, '../../database/README.md'), 'utf8');
  const tables = /## Inbox and outbox[\s\S]*?```sql\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  await mkdir(join(folder, '202611230900_start'));
  await writeFile(join(folder, '202611230900_start', 'migration.sql'), `${tables}; create table applied (event_id text not null);`);
  await migrate({ adminUrl, service: 'specimen', namespace, migrationsDir: folder, rolePassword: 'specimen' });
  await rm(folder, { recursive: true });

  const schema = schemaNameOf('specimen', namespace);
  const url = new URL(adminUrl);
  url.username = schema;
  url.password = 'specimen';
  const database = new Database({ url: url.href, schema, poolSize: 6, applicationName: 'specimen' });
  return {
    database,
    async drop() {
      await database.close();
      const admin = new Database({ url: adminUrl, schema: 'public', poolSize: 2, applicationName: 'test' });
      await admin.execute(`drop schema ${schema} cascade`);
      await admin.execute(`drop owned by ${schema}`);
      await admin.execute(`drop role ${schema}`);
      await admin.close();
    },
  };
}
