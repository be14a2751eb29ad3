import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bootConfig, commonConfig, databaseConfig } from '@daybreak/config';
import { z } from 'zod';
import { migrate } from './migrate.js';

/** What the migration job reads. */
const migrateConfig = z.object({
  NAMESPACE: commonConfig.NAMESPACE,
  DATABASE_ADMIN_URL: databaseConfig.DATABASE_URL.describe('PostgreSQL, signed in as the role that migrates.'),
  DATABASE_ROLE_PASSWORD: z.string().optional().describe('Password the service’s role is given. Absent: left as it is.'),
});

const USAGE = 'usage: migrate-cli --service <name> [--migrations <folder>]';

const { values } = parseArgs({ options: { service: { type: 'string' }, migrations: { type: 'string' } } });
if (values.service === undefined) {
  process.stderr.write(`${USAGE}\n`);
  process.exit(2);
}
const config = bootConfig(migrateConfig);
const result = await migrate({
  adminUrl: config.DATABASE_ADMIN_URL,
  service: values.service,
  namespace: config.NAMESPACE,
  migrationsDir: values.migrations ?? join('services', values.service, 'prisma', 'migrations'),
  ...(config.DATABASE_ROLE_PASSWORD === undefined ? {} : { rolePassword: config.DATABASE_ROLE_PASSWORD }),
});
process.stdout.write(`${JSON.stringify({ msg: 'migrated', ...result })}\n`);
