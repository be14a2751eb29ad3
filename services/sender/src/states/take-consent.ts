import type { PurposeConsent } from '@daybreak/consent';
import { Database } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import { DeliveryLedger } from '../delivery/delivery-ledger.js';
import { withheld } from '../delivery/delivery-machine.js';
import { CAMPAIGN_PURPOSE } from '../delivery/last-checks.js';
import { ConsentRepository } from '../store/consent.repository.js';
import { DeliveryRepository } from '../store/delivery.repository.js';
import { KnownStates } from './known-states.js';
import type { ToldConsent, Erasure } from './told-consent.js';

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

  async changed(rows: readonly ToldConsent[]): Promise<void> {
    this.heard(rows);
    await this.consents.upsert(rows);
  }

  /** Holds in this process from now on. */
  heard(rows: readonly ToldConsent[]): void {
    for (const row of rows)
      if (row.purpose === CAMPAIGN_PURPOSE) this.states.recentConsent.hear(row.recipientId, consentOf(row), row.version);
  }

  /** Kafka tells of them after their erasure: whatever is planned for them from now on may be kept. */
  async cameBack(recipientIds: readonly string[]): Promise<void> {
    if (recipientIds.length > 0) await this.consents.cameBack(recipientIds);
  }

  /** A plan that is read after its people were erased: it is withheld, and its addresses go. */
  async planned(recipientIds: readonly string[], runDates: Iterable<string>, nowMs: number): Promise<void> {
    await this.forget(await this.consents.erasedAmong(recipientIds), runDates, nowMs);
  }

  /** Erased people: what still waits for them is withheld, and their addresses go. Noted first, so that a plan that is read meanwhile finds the note. */
  async erased(recipientIds: readonly string[], nowMs: number): Promise<void> {
    if (recipientIds.length === 0) return;
    await this.consents.erase(recipientIds, nowMs);
    await this.forget(recipientIds, await this.states.runDatesNow(), nowMs);
  }

  /** By the direct path, and again at every start: what was said before goes. Plans and addresses follow by Kafka. */
  async erasedAsOf(people: readonly Erasure[]): Promise<void> {
    if (people.length === 0) return;
    for (const { recipientId, version } of people)
      this.states.recentConsent.hear(recipientId, { state: 'opted_out', sinceMs: version }, version);
    await this.consents.eraseOlder(people);
  }

  private async forget(recipientIds: readonly string[], runDates: Iterable<string>, nowMs: number): Promise<void> {
    if (recipientIds.length === 0) return;
    for (const recipientId of recipientIds)
      this.states.recentConsent.hear(recipientId, { state: 'opted_out', sinceMs: nowMs }, Number.MAX_SAFE_INTEGER);
    for (const runDate of new Set(runDates)) {
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
    await this.deliveries.forgetAddresses(this.database, recipientIds);
  }
}

const consentOf = (row: ToldConsent): PurposeConsent => ({
  state: row.state,
  sinceMs: row.sinceMs,
  ...(row.pausedUntilMs === null ? {} : { pausedUntilMs: row.pausedUntilMs }),
});
