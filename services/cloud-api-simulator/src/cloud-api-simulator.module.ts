import { CLOCK } from '@daybreak/config';
import type { Clock } from '@daybreak/kernel';
import { LOGGER, ObservabilityModule, type Logger } from '@daybreak/observability';
import { Inject, Module, type DynamicModule, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import type { SimulatorConfig } from './cloud-api-simulator.config.js';
import { AdminController } from './inbound/admin.controller.js';
import { GraphApi } from './inbound/graph-api.js';
import { OriginController } from './inbound/origin.controller.js';
import { Simulation } from './platform/simulation.js';
import type { SimulatorSettings } from './settings/settings.js';
import { Ledger } from './store/ledger.js';

const PUBLIC_URL = Symbol('PUBLIC_URL');

/** The shell around the simulation: Nest serves administration, health and metrics; the Graph API is a Fastify plugin of its own. */
@Module({ controllers: [AdminController, OriginController] })
export class CloudApiSimulatorModule implements OnModuleInit, OnApplicationShutdown {
  static for(config: SimulatorConfig, settings: SimulatorSettings): DynamicModule {
    return {
      module: CloudApiSimulatorModule,
      imports: [ObservabilityModule.for({ service: 'cloud-api-simulator' })],
      providers: [
        { provide: PUBLIC_URL, useValue: config.SIM_PUBLIC_URL },
        { provide: Ledger, inject: [CLOCK], useFactory: (clock: Clock) => new Ledger(config.SIM_LEDGER_FILE, clock) },
        {
          provide: Simulation,
          inject: [CLOCK, Ledger, LOGGER],
          useFactory: (clock: Clock, ledger: Ledger, logger: Logger) => new Simulation(settings, clock, ledger, logger),
        },
      ],
    };
  }

  constructor(
    private readonly simulation: Simulation,
    private readonly http: HttpAdapterHost,
    @Inject(PUBLIC_URL) private readonly publicUrl: string | undefined,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.http.httpAdapter.getInstance<FastifyInstance>().register(new GraphApi(this.simulation, this.publicUrl).routes);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.simulation.close();
  }
}
