import { CLOCK } from '@daybreak/config';
import { Database } from '@daybreak/database';
import type { Clock } from '@daybreak/kernel';
import { Inject, Injectable } from '@nestjs/common';
import { AlertPublisher } from '../outbound/alert.publisher.js';
import { StatesRepository } from '../store/states.repository.js';
import type { Breaker } from './breakers.js';

/** A breaker that a person or Meta has to end holds in every pod, and somebody is told of it: once, whoever met it first. */
@Injectable()
export class AnnounceBreakers {
  constructor(
    private readonly database: Database,
    private readonly states: StatesRepository,
    private readonly alerts: AlertPublisher,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async opened(breakers: readonly Breaker[]): Promise<void> {
    await this.database.transaction(async (tx) => {
      for (const { scope, key, fault, until } of await this.states.saveBreakers(tx, breakers)) {
        await this.alerts.raise(tx, {
          name: 'DaybreakBreakerOpen',
          severity: 'page',
          summary: `Sending by ${scope} ${key} stands still (${fault}); ${until === 'platform' ? 'it goes on when Meta says so' : 'a person has to end it'}`,
          labels: { scope, fault },
          atMs: this.clock.nowMs(),
        });
      }
    });
  }
}
