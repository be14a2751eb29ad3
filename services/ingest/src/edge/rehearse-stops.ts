import { Database } from '@daybreak/database';
import { newEventId, type Clock } from '@daybreak/kernel';
import { CLOCK } from '@daybreak/config';
import { LOGGER, type Logger } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Evidence } from '../people/evidence.js';
import { recipients } from '../store/recipient.repository.js';
import { signalOfOrder } from './consent-signals.js';
import type { DeskSlip } from './desk-slip.js';
import { RecordSlips } from './record-slips.js';

const ROUNDS = 10;
const PEOPLE = 40;
/** A start waits no longer for it, real ms. */
const PATIENCE_MS = 2_000;

/** Ends a rehearsal's transaction: nothing of it stays. */
class RolledBack extends Error {}

/**
 * Does what a storm of STOPs does, for people there are not, and rolls it back: code that was never run is slow, and the first STOPs after a
 * start may be a thousand in one second.
 */
@Injectable()
export class RehearseStops {
  constructor(
    private readonly database: Database,
    private readonly slips: RecordSlips,
    private readonly evidence: Evidence,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Never throws: without Postgres there is nothing to rehearse with, and webhooks go to Kafka. */
  async all(): Promise<void> {
    const startedAt = performance.now();
    try {
      for (let round = 0; round < ROUNDS && performance.now() - startedAt < PATIENCE_MS; round += 1) await this.once();
    } catch (error) {
      this.logger.warn({ err: error }, 'consent could not be rehearsed; the first STOPs will take longer');
    }
  }

  private async once(): Promise<void> {
    const nowMs = Math.floor(this.clock.nowMs());
    const people = Array.from({ length: PEOPLE }, () => `rehearsal-${newEventId()}`);
    const slips = people.map((person): DeskSlip => {
      const inbound = { occurredAtMs: nowMs, buttonPayload: null, text: 'STOP', wamid: person, fromWaId: null, phoneNumberId: person };
      return {
        kind: 'signal',
        who: { addressKey: person, userId: '' },
        signal: signalOfOrder(inbound, { kind: 'stop' }, person, nowMs, 'UTC'),
      };
    });
    await this.database
      .transaction(async (tx) => {
        await recipients.upsert(
          tx,
          people.map((person) => ({
            recipientId: person,
            tenantId: '',
            language: 'en',
            addressKey: person,
            sealedAddress: this.evidence.newKeyFor(person), // any bytes: so that confirmations are rehearsed too
            userId: null,
            sealedEvidenceKey: this.evidence.newKeyFor(person),
            updatedAtMs: nowMs,
          })),
        );
        await this.slips.record(tx, slips);
        throw new RolledBack();
      })
      .catch((error: unknown) => {
        if (!(error instanceof RolledBack)) throw error;
      });
  }
}
