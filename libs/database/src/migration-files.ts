import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One `prisma/migrations/<yyyymmddhhmm>_<name>/migration.sql`. */
export interface MigrationFile {
  readonly name: string;
  readonly sql: string;
  /** Hex SHA-256 of the file, as Prisma keeps it. */
  readonly checksum: string;
}

/** The service's migrations in the order they apply: by name, which starts with its date. */
export async function readMigrations(directory: string): Promise<MigrationFile[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  const misnamed = names.find((name) => !/^\d{12,14}_[a-z0-9_]+$/.test(name));
  if (misnamed !== undefined) throw new Error(`${join(directory, misnamed)}: a migration is called <yyyymmddhhmm>_<name>`);
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(directory, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}
