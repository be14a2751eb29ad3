import { Database, prismaAdapter } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import { PrismaClient } from './generated/client.js';

/** The service's Prisma client, on the pool of `Database`. */
@Injectable()
export class Prisma extends PrismaClient {
  constructor(database: Database) {
    super({ adapter: prismaAdapter(database) });
  }
}
