import { Database } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import { AuditRepository } from '../store/audit.repository.js';
import { CHAIN_START, firstBreak, type AuditEntry, type ChainedEntry } from './audit-chain.js';

export interface ChainCheck {
  readonly entries: number;
  readonly intact: boolean;
  /** Place of the first entry that is not as it was written; null when all is well. */
  readonly brokenAt: number | null;
  /** Hash of the last entry: whoever keeps it elsewhere can prove that nothing was cut off. */
  readonly head: string;
}

const PAGE = 5_000;

@Injectable()
export class AuditLog {
  constructor(
    private readonly database: Database,
    private readonly entries: AuditRepository,
  ) {}

  async record(entries: readonly AuditEntry[]): Promise<void> {
    await this.database.transaction((tx) => this.entries.append(tx, entries));
  }

  /** Reads the whole chain and recomputes it. */
  async check(): Promise<ChainCheck> {
    let last: Pick<ChainedEntry, 'seq' | 'hash'> = CHAIN_START;
    for (;;) {
      const page = await this.entries.after(last.seq, PAGE);
      const broken = firstBreak(last, page);
      if (broken !== undefined) return { entries: last.seq + page.length, intact: false, brokenAt: broken, head: last.hash };
      const end = page.at(-1);
      if (end === undefined) return { entries: last.seq, intact: true, brokenAt: null, head: last.hash };
      last = end;
    }
  }
}
