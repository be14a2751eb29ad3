import { CLOCK } from '@daybreak/config';
import { Database } from '@daybreak/database';
import type { Clock } from '@daybreak/kernel';
import { Inject, Injectable } from '@nestjs/common';
import { AlertPublisher } from '../outbound/alert.publisher.js';
import { BreakerRepository } from '../store/breaker.repository.js';
import type { Breaker } from './breakers.js';
import type { Refusal } from './refusals.js';

/** What somebody has to hear of: once, whichever pod met it first. */
@Injectable()
export class AnnounceTrouble {
  constructor(
    private readonly database: Database,
    private readonly breakers: BreakerRepository,
    private readonly alerts: AlertPublisher,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** A breaker that a person or Meta has to end holds in every pod. */
  async opened(breakers: readonly Breaker[]): Promise<void> {
    await this.database.transaction(async (tx) => {
      for (const { scope, key, fault, until } of await this.breakers.save(tx, breakers)) {
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

  /** Messages are lost to these, and nothing stands still. */
  async refused(refusals: readonly Refusal[]): Promise<void> {
    await this.database.transaction(async (tx) => {
      for (const { about, blamed, meaning } of await this.breakers.saveRefusals(tx, refusals)) {
        await this.alerts.raise(tx, {
          name: 'DaybreakMessagesRefused',
          severity: meaning.alert === 'page' ? 'page' : 'warning',
          summary: `Meta refuses messages of ${about}${blamed ? ` by ${blamed.scope} ${blamed.key}` : ''} with ${meaning.code ?? 'an error without a code'}: ${meaning.why}`,
          labels: { code: String(meaning.code ?? ''), fault: meaning.fault, ...(blamed ? { scope: blamed.scope } : {}), about },
          atMs: this.clock.nowMs(),
        });
      }
    });
  }
}
