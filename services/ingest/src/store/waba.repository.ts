import { Database, type Sql } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import { Prisma } from './prisma.js';

/** What a check found. */
export interface WabaCheck {
  /** Null: Meta could not be asked. */
  readonly subscribed: boolean | null;
  /** Where Meta sends its webhooks; null when that is not known. */
  readonly callbackUrl: string | null;
  /** That is not where we listen. */
  readonly elsewhere: boolean;
}

export interface Waba extends WabaCheck {
  readonly wabaId: string;
  /** Null: not checked yet. */
  readonly checkedAt: Date | null;
}

/** WABAs whose webhooks ought to reach us. */
@Injectable()
export class WabaRepository {
  constructor(
    private readonly prisma: Prisma,
    private readonly database: Database,
  ) {}

  /** Keeps the newest; returns the ones that were not known before. */
  async upsert(wabas: readonly { wabaId: string; version: bigint }[]): Promise<string[]> {
    const known = new Set((await this.all()).map((waba) => waba.wabaId));
    for (const { wabaId, version } of wabas) {
      await this.prisma.waba.upsert({ where: { wabaId }, create: { wabaId, version }, update: { version } });
    }
    return wabas.map((waba) => waba.wabaId).filter((wabaId) => !known.has(wabaId));
  }

  async forget(wabaIds: readonly string[]): Promise<void> {
    await this.prisma.waba.deleteMany({ where: { wabaId: { in: [...wabaIds] } } });
  }

  async all(): Promise<Waba[]> {
    return this.prisma.waba.findMany({ omit: { version: true }, orderBy: { wabaId: 'asc' } });
  }

  /** Keeps what was found. `tell` is asked, in the same transaction, by the one caller after whom webhooks go elsewhere, or do so no more. */
  async checked(wabaId: string, check: WabaCheck, at: Date, tell: (tx: Sql) => Promise<void>): Promise<void> {
    await this.database.transaction(async (tx) => {
      const [before] = await tx.query<{ elsewhere: boolean }>('select elsewhere from waba where waba_id = $1 for update', [wabaId]);
      if (before === undefined) return;
      const elsewhere = check.callbackUrl === null ? before.elsewhere : check.elsewhere; // what could not be read has not changed
      await tx.execute(
        `update waba set subscribed = $2, checked_at = $3, callback_url = coalesce($4, callback_url), elsewhere = $5 where waba_id = $1`,
        [wabaId, check.subscribed, at, check.callbackUrl, elsewhere],
      );
      if (before.elsewhere !== elsewhere) await tell(tx);
    });
  }
}
