import { randomUUID } from 'node:crypto';
import { reasonOf } from '@daybreak/kernel';
import pg from 'pg';
import { readMigrations, type MigrationFile } from './migration-files.js';
import { schemaNameOf } from './schema-name.js';

/** Whose schema is brought up to date, and by whom. */
export interface MigrateOptions {
  /** Signed in as a role that may create schemas and, where they are missing, roles. */
  readonly adminUrl: string;
  /** Folder name of the service. */
  readonly service: string;
  readonly namespace: string;
  readonly migrationsDir: string;
  /** Sets the password of the service's role. Absent: the role keeps the one it has; a new one has none and the server's own rules decide. */
  readonly rolePassword?: string;
}

/** What was done, and what was found. */
export interface MigrateResult {
  readonly schema: string;
  /** Names of what was applied now, in order. */
  readonly applied: readonly string[];
  /** Applied earlier, but not in the folder: a newer release has run here. Not an error, for releases only ever expand the schema. */
  readonly unknown: readonly string[];
}

/** Two runners of one service wait for each other; those of different services do not. */
const LOCK = `select pg_advisory_lock(hashtextextended('daybreak.migrate.' || $1, 0))`;

/**
 * Brings one service's schema up to date: schema, role and grants, then every migration that is not applied yet, each in a
 * transaction of its own, recorded in `_prisma_migrations` as `prisma migrate deploy` does. Throws when an applied migration was edited.
 */
export async function migrate(options: MigrateOptions): Promise<MigrateResult> {
  const migrations = await readMigrations(options.migrationsDir);
  const schema = schemaNameOf(options.service, options.namespace);
  const client = new pg.Client({ connectionString: options.adminUrl, application_name: `migrate ${options.service}` });
  await client.connect();
  try {
    await client.query(LOCK, [schema]);
    await prepareSchema(client, schema, options.rolePassword);
    return { schema, ...(await apply(client, migrations)) };
  } finally {
    await client.end(); // also gives the lock back
  }
}

/** Everything here may run again. The schema belongs to whoever migrates; the service's role only works in it. */
async function prepareSchema(client: pg.Client, schema: string, rolePassword: string | undefined): Promise<void> {
  const role = pg.escapeIdentifier(schema);
  const known = await client.query('select 1 from pg_roles where rolname = $1', [schema]);
  if (known.rowCount === 0) await client.query(`create role ${role} login`);
  if (rolePassword !== undefined) await client.query(`alter role ${role} login password ${pg.escapeLiteral(rolePassword)}`);
  await client.query(`create schema if not exists ${role}`);
  await client.query(`set search_path to ${role}`);
  await client.query(`grant usage on schema ${role} to ${role}`);
  // As default privileges, not as a grant on all tables: a migration's own `revoke` then outlives the next run.
  const version = await client.query<{ server_version_num: string }>('show server_version_num');
  const maintain = Number(version.rows[0]?.server_version_num) >= 170_000 ? ', maintain' : ''; // lets the role ANALYZE after bulk loads
  await client.query(`alter default privileges in schema ${role} grant select, insert, update, delete${maintain} on tables to ${role}`);
  await client.query(`alter default privileges in schema ${role} grant usage, select on sequences to ${role}`);
  await client.query(MIGRATIONS_TABLE);
  await client.query(`revoke insert, update, delete on _prisma_migrations from ${role}`);
}

/** The table of Prisma's own migration engine, column for column, so that its tools read our record. */
const MIGRATIONS_TABLE = `
  create table if not exists _prisma_migrations (
    id varchar(36) primary key,
    checksum varchar(64) not null,
    finished_at timestamptz,
    migration_name varchar(255) not null,
    logs text,
    rolled_back_at timestamptz,
    started_at timestamptz not null default now(),
    applied_steps_count integer not null default 0
  )`;

async function apply(client: pg.Client, migrations: readonly MigrationFile[]): Promise<Pick<MigrateResult, 'applied' | 'unknown'>> {
  const record = await client.query<{ migration_name: string; checksum: string }>(
    'select migration_name, checksum from _prisma_migrations where finished_at is not null and rolled_back_at is null order by migration_name',
  );
  const done = new Map(record.rows.map((row) => [row.migration_name, row.checksum]));
  const edited = migrations.find((m) => done.has(m.name) && done.get(m.name) !== m.checksum);
  if (edited) throw new Error(`the migration ${edited.name} was edited after it was applied; write a new one instead`);

  const applied: string[] = [];
  for (const migration of migrations.filter((m) => !done.has(m.name))) {
    await applyOne(client, migration);
    applied.push(migration.name);
  }
  const known = new Set(migrations.map((m) => m.name));
  return { applied, unknown: [...done.keys()].filter((name) => !known.has(name)) };
}

async function applyOne(client: pg.Client, migration: MigrationFile): Promise<void> {
  await client.query('begin');
  try {
    await client.query(migration.sql); // without parameters, so a file may hold many statements
    await client.query(
      `insert into _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count) values ($1, $2, clock_timestamp(), $3, 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`the migration ${migration.name} failed: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}
