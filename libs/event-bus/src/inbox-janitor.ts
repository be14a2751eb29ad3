import { Inbox, type Database } from '@daybreak/database';
import { reasonOf } from '@daybreak/kernel';
import { Logger } from '@nestjs/common';

const HOUR_MS = 3_600_000;
const KEEP_DAYS = 15; // Kafka keeps facts for 14 days: nothing older can come again
const ROWS_AT_ONCE = 10_000;

/** Forgets inbox rows that nothing can ask for any more. Every replica may do it; each row is forgotten once. */
export class InboxJanitor {
  private readonly logger = new Logger(InboxJanitor.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly database: Database) {}

  start(): void {
    this.timer = setInterval(() => void this.sweep(), HOUR_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  async sweep(): Promise<void> {
    try {
      while ((await Inbox.forget(this.database, KEEP_DAYS, ROWS_AT_ONCE)) === ROWS_AT_ONCE);
    } catch (error) {
      this.logger.warn(`the inbox keeps its old rows for now: ${reasonOf(error)}`);
    }
  }
}
