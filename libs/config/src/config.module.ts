import { clockFrom, type Clock } from '@daybreak/kernel';
import { Module, type DynamicModule } from '@nestjs/common';

/** Injects the configuration, whichever service this is: what the platform's own modules read their part from. */
export const CONFIG = Symbol('CONFIG');

/** Injects the process's Clock. */
export const CLOCK = Symbol('CLOCK');

/** What every service's configuration has in common, as far as a clock is made of it. */
export interface ClockConfig {
  readonly DAYBREAK_CLOCK?: string | undefined;
  readonly DAYBREAK_CLOCK_SKEW_MS: number;
}

/** The clock this process was configured to live on. */
export const clockOf = (config: ClockConfig): Clock => clockFrom(config.DAYBREAK_CLOCK, config.DAYBREAK_CLOCK_SKEW_MS);

/** The one place where a service gets its configuration and its clock from. */
@Module({})
export class ConfigModule {
  /** Provides the configuration as CONFIG, and the CLOCK made from it, everywhere. */
  static for(config: ClockConfig): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: CLOCK, useValue: clockOf(config) },
      ],
      exports: [CONFIG, CLOCK],
    };
  }
}
