import { CLOCK } from '@daybreak/config';
import { topics, type ConsentChanged } from '@daybreak/contracts';
import type { Received } from '@daybreak/event-bus';
import type { Clock } from '@daybreak/kernel';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TakeConsent } from '../states/take-consent.js';
import { toConsentRows } from './consent-changed.mapper.js';

/** Who said yes and no. A tombstone: the recipient was erased. */
@Controller()
export class ConsentChangedConsumer {
  constructor(
    private readonly take: TakeConsent,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @EventPattern<string>(topics.consentChanged.name)
  async handle(@Payload() received: readonly Received<ConsentChanged>[]): Promise<void> {
    // Of one batch only each recipient's last word counts: an erasure and what came before it must not be done in the wrong order.
    const last = [...new Map(received.map((one) => [one.key, one])).values()];
    const rows = last.flatMap(({ event }) => (event ? toConsentRows(event) : []));
    await this.take.cameBack([...new Set(rows.map(({ recipientId }) => recipientId))]);
    await this.take.changed(rows);
    await this.take.erased(
      last.filter(({ event }) => event === undefined).map(({ key }) => key),
      this.clock.nowMs(),
    );
  }
}
