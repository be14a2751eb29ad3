import { Database } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import { ledger } from '../store/consent.repository.js';
import { recipients, type Pair } from '../store/recipient.repository.js';
import { AnnounceConsent, idsOf } from './announce-consent.js';

/** Pairs that are remembered as told, so that every status of a morning does not ask again. Bounded: then all of them are asked once more. */
const MOST_REMEMBERED = 100_000;
const AT_ONCE = 500;

/**
 * Learns which number and which business-scoped user id are the same person: from webhooks that name both, for those that will name one. What
 * was said under the other one before is theirs then. Nobody waits for it, and what a crash loses of it the next webhook tells again.
 */
@Injectable()
export class LearnPeople {
  private readonly told = new Set<string>();
  private pairs: Pair[] = [];

  constructor(
    private readonly database: Database,
    private readonly announce: AnnounceConsent,
  ) {}

  /** @param addressKeyOf asked only for a user id that was not told of before */
  hear(userId: string, addressKeyOf: () => string): void {
    if (this.told.has(userId)) return;
    if (this.told.size >= MOST_REMEMBERED) this.told.clear();
    this.told.add(userId);
    const addressKey = addressKeyOf();
    if (addressKey !== '') this.pairs.push({ addressKey, userId });
  }

  async round(): Promise<void> {
    while (this.pairs.length > 0) {
      const pairs = this.pairs.slice(0, AT_ONCE);
      await this.learn(pairs);
      this.pairs = this.pairs.slice(pairs.length);
    }
  }

  /** A stranger's STOP waits for whoever writes recipients, and so do all that came with it: no lock where nothing is to be learned, and a short one else. */
  private async learn(pairs: readonly Pair[]): Promise<void> {
    if ((await recipients.halfKnown(this.database, pairs)).length === 0) return;
    const changes = await this.database.transaction(async (tx) => {
      const [, people] = await Promise.all([recipients.lock(tx, 'as a writer'), recipients.halfKnown(tx, pairs, 'locked')]);
      const [, adopted] = await Promise.all([recipients.learn(tx, pairs, idsOf(people)), ledger.adopt(tx, idsOf(people))]);
      const grown = people.filter(({ recipientId }) => adopted.has(recipientId)); // nothing is new of anybody else's consent
      return (await this.announce.refold(tx, grown)).changes;
    });
    await this.announce.toSenders(changes);
  }
}
