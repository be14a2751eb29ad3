import { Catch, type ExceptionFilter, type INestApplication } from '@nestjs/common';
import type { NestMicroservice } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';
import type { ConsumerTuning } from './consumer-tuning.js';
import { EventBus } from './event-bus.js';
import { KafkaBatchServer } from './kafka-batch-server.js';

/** How a service consumes. */
export interface ConnectOptions {
  /** Consumer group, without the namespace: the name of the service. */
  readonly group: string;
  readonly tuning?: Partial<ConsumerTuning>;
}

/** Nest would turn every error of a handler into "Internal server error"; the transport lives by what the error says. */
@Catch()
class PassErrorsOn implements ExceptionFilter<unknown> {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/** Makes the application's `@EventPattern` handlers consume. Call it before `app.startAllMicroservices()`. Needs `EventBusModule`. */
export function connectEventBus(app: INestApplication, options: ConnectOptions): KafkaBatchServer {
  const strategy = new KafkaBatchServer({ bus: app.get(EventBus), ...options });
  const transport = app.connectMicroservice({ strategy }, { deferInitialization: true }) as NestMicroservice;
  transport.useGlobalFilters(new PassErrorsOn()); // on this transport alone, not on HTTP; has to be there before handlers are registered
  transport.registerListeners();
  transport.setIsInitialized(true);
  transport.setIsInitHookCalled(true); // the application calls the hooks of the modules both share
  return strategy;
}
