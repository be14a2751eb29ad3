import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sha256Hex } from '@daybreak/kernel';
import { readMigrations } from './migration-files.js';

describe(readMigrations.name, () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'migrations-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const write = async (name: string, sql: string): Promise<void> => {
    await mkdir(join(directory, name));
    await writeFile(join(directory, name, 'migration.sql'), sql);
  };

  it('reads them in the order of their dates, with the checksum Prisma keeps', async () => {
    await write('202611220900_more', 'select 2;');
    await write('202611210900_start', 'select 1;');
    await writeFile(join(directory, 'migration_lock.toml'), 'provider = "postgresql"');

    const migrations = await readMigrations(directory);

    expect(migrations).toEqual([
      { name: '202611210900_start', sql: 'select 1;', checksum: sha256Hex('select 1;') },
      { name: '202611220900_more', sql: 'select 2;', checksum: sha256Hex('select 2;') },
    ]);
  });

  it('refuses a folder whose place in the order nobody can tell', async () => {
    await write('add_column', 'select 1;');

    await expect(readMigrations(directory)).rejects.toThrow(/add_column.*<yyyymmddhhmm>_<name>/);
  });
});
