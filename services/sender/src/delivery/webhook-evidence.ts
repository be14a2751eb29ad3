import { topics } from '@daybreak/contracts';
import { EventBus, ReadMarks } from '@daybreak/event-bus';
import { LOGGER, type Logger } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import { CONSUMER_GROUP } from '../sender.config.js';
import { KnownStates } from '../states/known-states.js';

/** Kafka is asked at most this often, and only while ambiguous sends are due for a decision. Real ms. */
const ASK_EVERY_MS = 500;

/**
 * Until when silence about a delivery means that Meta said nothing of it. Two things must be so: webhooks flow (a status that ingest saw at that
 * instant has come through, and ingest spools in order), and the one partition that would speak of this delivery has been read as far as it went
 * by then. Asked while Kafka is away, it stays where it was: nothing is concluded from an outage.
 */
@Injectable()
export class WebhookEvidence {
  private readonly marks: ReadMarks;
  private isLooking = false;
  private askedAtMonoMs = Number.NEGATIVE_INFINITY;

  constructor(
    bus: EventBus,
    private readonly states: KnownStates,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.marks = new ReadMarks(bus, { group: CONSUMER_GROUP, topic: topics.deliveryStatusObserved.name });
  }

  /** Epoch ms of the run's clock. Asking makes it look again, for the next time. */
  completeUntil(deliveryId: string): number {
    void this.look();
    return this.marks.of(deliveryId);
  }

  private async look(): Promise<void> {
    if (this.isLooking || performance.now() - this.askedAtMonoMs < ASK_EVERY_MS) return;
    this.isLooking = true;
    this.askedAtMonoMs = performance.now();
    try {
      await this.marks.look(this.states.evidenceUntilMs);
    } catch (error) {
      this.logger.warn({ err: error }, 'Kafka does not say how far the webhooks were read; nothing ambiguous is sent again until it does');
    } finally {
      this.isLooking = false;
    }
  }
}
