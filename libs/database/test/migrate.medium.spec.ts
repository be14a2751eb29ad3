import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sha256Hex } from '@daybreak/kernel';
import { migrate } from '../src/migrate.js';
import { AService } from './a-service.js';

describe(migrate.name, () => {
  let service: AService;
  beforeEach(async () => {
    service = await AService.create();
  });
  afterEach(() => service.drop());

  it('applies what is missing, in the order of the names, and records it as Prisma does', async () => {
    await service.write('202611210900_start', 'create table thing (id integer primary key); create table other (id integer);');
    await service.write('202611220900_more', 'alter table thing add column name text;');
    await expect(service.migrate()).resolves.toEqual({
      schema: service.schema,
      applied: ['202611210900_start', '202611220900_more'],
      unknown: [],
    });
    const sql = 'alter table thing add column note text;';
    await service.write('202611230900_note', sql);

    await expect(service.migrate()).resolves.toMatchObject({ applied: ['202611230900_note'] });

    const record = await service
      .database()
      .query('select migration_name, checksum, applied_steps_count, finished_at from _prisma_migrations order by 1');
    expect(record).toHaveLength(3);
    expect(record[2]).toEqual({
      migration_name: '202611230900_note',
      checksum: sha256Hex(sql),
      applied_steps_count: 1,
      finished_at: expect.any(Date),
    });
  });

  it('lets two runners start at once: one applies, the other finds it done', async () => {
    await service.write('202611210900_start', 'select pg_sleep(0.2); create table thing (id integer primary key);');

    const results = await Promise.all([service.migrate(), service.migrate(), service.migrate()]);

    expect(results.flatMap((result) => result.applied)).toEqual(['202611210900_start']);
  });

  it('refuses when an applied migration was edited, and touches nothing', async () => {
    await service.write('202611210900_start', 'create table thing (id integer primary key);');
    await service.migrate();
    await service.write('202611210900_start', 'create table thing (id bigint primary key);');
    await service.write('202611220900_more', 'create table more (id integer);');

    await expect(service.migrate()).rejects.toThrow(/202611210900_start was edited/);

    await expect(service.database().query(`select to_regclass('more') as more`)).resolves.toEqual([{ more: null }]);
  });

  it('leaves nothing behind of a migration that fails', async () => {
    await service.write('202611210900_start', 'create table thing (id integer); create table thing (id integer);');

    await expect(service.migrate()).rejects.toThrow(/202611210900_start failed/);
    await service.write('202611210900_start', 'create table thing (id integer);');

    await expect(service.migrate()).resolves.toMatchObject({ applied: ['202611210900_start'] });
  });

  it('is content with a schema that a newer release has migrated further', async () => {
    await service.write('202611210900_start', 'create table thing (id integer);');
    await service.migrate();
    const older = await AService.create();

    Object.assign(older, { namespace: service.namespace, schema: service.schema });

    await expect(older.migrate()).resolves.toMatchObject({ applied: [], unknown: ['202611210900_start'] });
    await older.drop();
  });

  it('lets the service’s role work in its tables, ANALYZE them, and change no schema', async () => {
    await service.write('202611210900_start', 'create table thing (id bigint generated always as identity primary key, name text);');
    await service.migrate();
    const database = service.database();

    await expect(database.execute(`insert into thing (name) values ('a'), ('b')`)).resolves.toBe(2);
    await expect(database.execute(`update thing set name = 'c'`)).resolves.toBe(2);
    await database.execute('analyze thing');
    const [statistics] = await database.query<{ reltuples: number }>(`select reltuples from pg_class where oid = 'thing'::regclass`);
    expect(statistics?.reltuples).toBe(2); // a role that may not ANALYZE only gets a warning
    for (const ddl of [
      'create table mine (id integer)',
      'alter table thing add column x text',
      'drop table thing',
      'truncate thing',
      'create schema mine',
      `update _prisma_migrations set checksum = ''`,
    ]) {
      await expect(database.execute(ddl)).rejects.toThrow(/permission denied|must be owner/);
    }
  });

  it('does not give back, on the next run, what a migration took from the role', async () => {
    await service.write(
      '202611210900_start',
      `create table audit (id integer); do $$ begin execute format('revoke update, delete on audit from %I', current_schema()); end $$;`,
    );
    await service.migrate();
    await service.migrate();
    const database = service.database();

    await database.execute('insert into audit values (1)');
    await expect(database.execute('delete from audit')).rejects.toThrow(/permission denied/);
  });
});
