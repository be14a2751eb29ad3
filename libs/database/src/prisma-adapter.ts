import { PrismaPg } from '@prisma/adapter-pg';
import type { Database } from './database.js';

/** What a service's generated PrismaClient is made with: the same pool and schema as its raw statements. */
export const prismaAdapter = (database: Database): PrismaPg =>
  new PrismaPg(database.pool, { schema: database.schema, disposeExternalPool: false });
