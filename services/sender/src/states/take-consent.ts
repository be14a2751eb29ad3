import type { PurposeConsent } from '@daybreak/consent';
import { Database } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import { DeliveryLedger } from '../delivery/delivery-ledger.js';
import { withheld } from '../delivery/delivery-machine.js';
import { CAMPAIGN_PURPOSE } from '../delivery/last-checks.js';
import { ConsentRepository, type ConsentRow } from '../store/consent.repository.js';
import { DeliveryRepository } from '../store/delivery.repository.js';
import { KnownStates } from './known-states.js';

/** What people said reaches the last look first, then the table that every claim reads. */
@Injectable()
export class TakeConsent {
  constructor(
    private readonly database: Database,
    private readonly consents: ConsentRepository,
    private readonly deliveries: DeliveryRepository,
    private readonly ledger: DeliveryLedger,
    private readonly states: KnownStates,
  ) {}

  async changed(rows: readonly ConsentRow[]): Promise<void> {
    for (const row of rows)
      if (row.purpose === CAMPAIGN_PURPOSE) this.states.recentConsent.hear(row.recipientId, consentOf(row), row.version);
    await this.consents.upsert(rows);
  }

  /** Erased people: what still waits for them is withheld, and their addresses go. */
  async erased(recipientIds: readonly string[], nowMs: number): Promise<void> {
    if (recipientIds.length === 0) return;
    for (const recipientId of recipientIds)
      this.states.recentConsent.hear(recipientId, { state: 'opted_out', sinceMs: nowMs }, Number.MAX_SAFE_INTEGER);
    for (const runDate of new Set(this.states.runs.map((run) => run.runDate))) {
      await this.ledger.change({
        runDate,
        rows: { recipientIds },
        closesAtOf: this.states.closesAtOf,
        decide: (record) => {
          const next = withheld(record, 'erased');
          return next && { next };
        },
      });
    }
    await this.consents.erase(recipientIds);
    await this.deliveries.forgetAddresses(this.database, recipientIds);
  }
}

const consentOf = (row: ConsentRow): PurposeConsent => ({
  state: row.state,
  sinceMs: row.sinceMs,
  ...(row.pausedUntilMs === null ? {} : { pausedUntilMs: row.pausedUntilMs }),
});
