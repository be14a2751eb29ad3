export type { Sql } from './sql.js';
export { Database, type DatabaseOptions } from './database.js';
export { DatabaseModule, type DatabaseConfig, type DatabaseModuleOptions } from './database.module.js';
export { schemaNameOf } from './schema-name.js';
export { prismaAdapter } from './prisma-adapter.js';
export { Inbox } from './inbox.js';
export { migrate, type MigrateOptions, type MigrateResult } from './migrate.js';
