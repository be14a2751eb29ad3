import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { Database, type DatabaseOptions } from '../src/database.js';
import { migrate, type MigrateResult } from '../src/migrate.js';
import { schemaNameOf } from '../src/schema-name.js';

const SERVICE = 'specimen';
const PASSWORD = `it's ${randomBytes(6).toString('hex')}`;

/** A service that owns nothing yet but a folder for its migrations. */
export class AService {
  readonly namespace = `t${randomBytes(5).toString('hex')}`;
  readonly schema = schemaNameOf(SERVICE, this.namespace);
  private readonly databases: Database[] = [];

  private constructor(
    readonly adminUrl: string,
    private readonly folder: string,
  ) {}

  static async create(): Promise<AService> {
    const adminUrl = process.env['TEST_DATABASE_URL'];
    if (adminUrl === undefined) throw new Error('TEST_DATABASE_URL is not set: run `npm run test:medium`, which starts the stores');
    return new AService(adminUrl, await mkdtemp(join(tmpdir(), 'migrations-')));
  }

  async write(name: string, sql: string): Promise<void> {
    await mkdir(join(this.folder, name), { recursive: true });
    await writeFile(join(this.folder, name, 'migration.sql'), sql);
  }

  migrate(): Promise<MigrateResult> {
    return migrate({
      adminUrl: this.adminUrl,
      service: SERVICE,
      namespace: this.namespace,
      migrationsDir: this.folder,
      rolePassword: PASSWORD,
    });
  }

  /** Signed in as the service's own role. */
  url(): string {
    const url = new URL(this.adminUrl);
    url.username = this.schema;
    url.password = encodeURIComponent(PASSWORD);
    return url.href;
  }

  database(over: Partial<Pick<DatabaseOptions, 'poolSize' | 'statementTimeoutMs' | 'pipelined'>> = {}): Database {
    const database = new Database({ url: this.url(), schema: this.schema, poolSize: 3, applicationName: SERVICE, ...over });
    this.databases.push(database);
    return database;
  }

  async drop(): Promise<void> {
    await Promise.all(this.databases.map((database) => database.close()));
    const admin = new pg.Client({ connectionString: this.adminUrl });
    await admin.connect();
    await admin.query(`drop schema if exists ${this.schema} cascade`);
    const { rowCount } = await admin.query('select 1 from pg_roles where rolname = $1', [this.schema]);
    if (rowCount) await admin.query(`drop owned by ${this.schema}; drop role ${this.schema}`);
    await admin.end();
    await rm(this.folder, { recursive: true });
  }
}
