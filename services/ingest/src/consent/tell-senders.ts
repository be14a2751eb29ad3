import { Database } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import { ConsentDirectPublisher } from '../outbound/consent-direct.publisher.js';
import { directDue } from '../store/direct-due.repository.js';
import type { DirectWord } from './direct-word.js';

/** Whoever commits a change carries it at once; what is still due after this long, nobody has. */
const OVERDUE_SECONDS = 2;
const AT_ONCE = 500;

/**
 * The direct path to the senders, once and again: what could not be carried right after its commit, by a crash or a Redis that is away, stays
 * due and is carried as it holds then. Versions make saying it twice harmless.
 */
@Injectable()
export class TellSenders {
  private carried: DirectWord[] = [];

  constructor(
    private readonly database: Database,
    private readonly direct: ConsentDirectPublisher,
  ) {}

  /** After the commit. Never throws, for the outbox carries the same. */
  async of(words: readonly DirectWord[]): Promise<void> {
    if (await this.direct.publish(words)) this.carried.push(...words);
  }

  /** Forgets what was carried, and carries what is overdue. */
  async round(): Promise<void> {
    const carried = this.carried;
    this.carried = [];
    await directDue.carried(this.database, carried); // what is lost here is carried once more
    while ((await this.carryOverdue()) === AT_ONCE);
  }

  /** How many went. */
  private carryOverdue(): Promise<number> {
    return this.database.transaction(async (tx) => {
      const words = await directDue.waiting(tx, AT_ONCE, OVERDUE_SECONDS);
      if (!(await this.direct.publish(words))) return 0;
      await directDue.carried(tx, words);
      return words.length;
    });
  }
}
