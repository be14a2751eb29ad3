import { Database } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import { PersonalData } from '../people/personal-data.js';
import { recipients, type Erased, type Erasure } from '../store/recipient.repository.js';
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
    const { people } = await this.database.transaction(async (tx) => {
      await recipients.lock(tx, 'as a writer'); // before lines of the ledger, or a desk that keeps writers away and repeats one would wait for us, and we for it
      const erased = await recipients.erase(tx, { recipientIds, addressKeys: [] });
      await this.announce.erased(tx, erased.people.map(({ recipientId }) => recipientId)); // prettier-ignore
      return erased;
    });
    await this.toSenders(people);
  }

  /** By order. An address names everybody behind it, and whoever wrote from it without being known. */
  async order(person: Person, actor: string): Promise<Erased> {
    const erased = await this.database.transaction(async (tx) => {
      const addressKeys = 'e164' in person ? [this.personal.addressKeyOfE164(person.e164)] : [];
      // A STOP that comes from the address right now must not found it again half.
      await recipients.lock(tx, addressKeys.length > 0 ? 'against writers' : 'as a writer');
      const named = await recipients.named(tx, 'recipientId' in person ? [person.recipientId] : [], addressKeys, 'locked');
      const { people, lines } = await recipients.erase(tx, { recipientIds: named.map(({ recipientId }) => recipientId), addressKeys });
      const ids = people.map(({ recipientId }) => recipientId);
      if (ids.length > 0 || lines > 0) await this.announce.erasedBy(actor, tx, ids, lines);
      return { people, lines };
    });
    await this.toSenders(erased.people);
    return erased;
  }

  private toSenders(people: readonly Erasure[]): Promise<void> {
    return this.announce.toSenders(people.map((one) => ({ ...one, consent: 'erased' })));
  }
}
