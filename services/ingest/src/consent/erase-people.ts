import { Database } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import { PersonalData } from '../people/personal-data.js';
import { recipients, type Erased } from '../store/recipient.repository.js';
import { AnnounceConsent } from './announce-consent.js';
import type { Person } from './statement.js';

/** Forgets people for ever: their own key, their rows, and everybody's copy of their consent. Counts stay. */
@Injectable()
export class ErasePeople {
  constructor(
    private readonly database: Database,
    private readonly announce: AnnounceConsent,
    private readonly personal: PersonalData,
  ) {}

  /** By the back office's tombstones. */
  async gone(recipientIds: readonly string[]): Promise<void> {
    if (recipientIds.length === 0) return;
    await this.database.transaction(async (tx) => {
      const erased = await recipients.erase(tx, { recipientIds, addressKeys: [] });
      await this.announce.erased(tx, erased.recipientIds);
    });
  }

  /** By order. An address names everybody behind it, and whoever wrote from it without being known. */
  order(person: Person, actor: string): Promise<Erased> {
    return this.database.transaction(async (tx) => {
      const addressKeys = 'e164' in person ? [this.personal.addressKeyOfE164(person.e164)] : [];
      // A STOP that comes from the address right now must not found it again half.
      await recipients.lock(tx, addressKeys.length > 0 ? 'against writers' : 'as a writer');
      const named = await recipients.named(tx, 'recipientId' in person ? [person.recipientId] : [], addressKeys, 'locked');
      const erased = await recipients.erase(tx, { recipientIds: named.map(({ recipientId }) => recipientId), addressKeys });
      if (erased.recipientIds.length > 0 || erased.lines > 0) await this.announce.erasedBy(actor, tx, erased.recipientIds, erased.lines);
      return erased;
    });
  }
}
