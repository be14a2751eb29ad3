import { CONFIG } from '@daybreak/config';
import { Logger, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from './database.js';
import { schemaNameOf } from './schema-name.js';

/** What this module reads: `commonConfig` and `databaseConfig`. */
export interface DatabaseConfig {
  readonly NAMESPACE: string;
  readonly DATABASE_URL: string;
  readonly DATABASE_POOL_SIZE: number;
}

/** Closes last: handlers and requests in flight end in `beforeApplicationShutdown` and before. */
class ManagedDatabase extends Database implements OnApplicationShutdown {
  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }
}

@Module({})
export class DatabaseModule {
  /** @param service folder name of the service, whose schema and role these are */
  static for({ service }: { readonly service: string }): DynamicModule {
    const logger = new Logger('Database');
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        {
          provide: Database,
          inject: [CONFIG],
          useFactory: async (config: DatabaseConfig): Promise<Database> => {
            const database = new ManagedDatabase({
              url: config.DATABASE_URL,
              schema: schemaNameOf(service, config.NAMESPACE),
              poolSize: config.DATABASE_POOL_SIZE,
              applicationName: service,
              onIdleError: (error) => logger.warn(`an idle connection was lost: ${error.message}`),
            });
            await database.ping(); // a service that cannot reach its rows does not start
            return database;
          },
        },
      ],
      exports: [Database],
    };
  }
}
