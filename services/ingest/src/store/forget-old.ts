import { CLOCK } from '@daybreak/config';
import { Database } from '@daybreak/database';
import type { Clock } from '@daybreak/kernel';
import { Inject, Injectable } from '@nestjs/common';
import { completeness } from './completeness.repository.js';
import { lastPacks } from './last-pack.repository.js';
import { unhandledUpdates } from './unhandled.repository.js';

/** So that one round does not hold locks for long; what is left goes at the next. */
const ROWS_AT_ONCE = 5_000;

/** What nobody needs any more. The ledger is not among it. */
@Injectable()
export class ForgetOld {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async round(): Promise<void> {
    await unhandledUpdates.forget(this.database, ROWS_AT_ONCE);
    const nowMs = this.clock.nowMs();
    await completeness.forget(this.database, nowMs);
    await lastPacks.forget(this.database, nowMs);
  }
}
