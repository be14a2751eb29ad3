import { CONFIG } from '@daybreak/config';
import { HealthRegistry, metrics } from '@daybreak/observability';
import { Logger, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Database, type DatabaseOptions } from './database.js';
import { schemaNameOf } from './schema-name.js';

/** What this module reads: `commonConfig` and `databaseConfig`. */
export interface DatabaseConfig {
  readonly NAMESPACE: string;
  readonly DATABASE_URL: string;
  readonly DATABASE_POOL_SIZE: number;
}

/** Whose rows these are. */
export interface DatabaseModuleOptions {
  /** Folder name of the service, whose schema and role these are. */
  readonly service: string;
  /** False where the service is of use without its database: then an outage does not take it out of the load balancer. */
  readonly readiness?: boolean;
  /** See `DatabaseOptions`. */
  readonly pipelined?: boolean;
}

const GAUGE_MS = 5_000;

/** Closes last: handlers and requests in flight end in `beforeApplicationShutdown` and before. */
class ManagedDatabase extends Database implements OnApplicationShutdown {
  private readonly gauging = setInterval(() => {
    for (const [state, connections] of Object.entries(this.connections())) metrics.databasePool.set({ state }, connections);
  }, GAUGE_MS).unref();

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.gauging);
    await this.close();
  }
}

/** One pool of connections for a service. The service does not start while its database does not answer. */
@Module({})
export class DatabaseModule {
  /** Provides `Database` to the whole service, and says on /readyz whether it answers. */
  static for({ service, readiness = true, pipelined = false }: DatabaseModuleOptions): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        {
          provide: Database,
          inject: [CONFIG, { token: HealthRegistry, optional: true }],
          useFactory: async (config: DatabaseConfig, health?: HealthRegistry): Promise<Database> => {
            const database = new ManagedDatabase({ ...optionsOf(service, config), pipelined });
            await database.ping(); // a service that cannot reach its rows does not start
            if (readiness) health?.register('database', 'readiness', () => database.ping());
            return database;
          },
        },
      ],
      exports: [Database],
    };
  }
}

function optionsOf(service: string, config: DatabaseConfig): DatabaseOptions {
  const logger = new Logger(Database.name);
  return {
    url: config.DATABASE_URL,
    schema: schemaNameOf(service, config.NAMESPACE),
    poolSize: config.DATABASE_POOL_SIZE,
    applicationName: service,
    onIdleError: (error) => logger.warn(`an idle connection was lost: ${error.message}`),
  };
}
