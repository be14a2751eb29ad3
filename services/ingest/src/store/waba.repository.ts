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
  /** Ids of numbers whose own override, which wins over the WABA's and the app's address, is not where we listen; null when that is not known. */
  readonly numbersElsewhere: readonly string[] | null;
}

/** What is held of a WABA after a check: what could not be read has not changed. */
export type WabaStanding = Pick<WabaCheck, 'elsewhere'> & { readonly numbersElsewhere: readonly string[] };

export interface Waba extends WabaCheck {
  readonly wabaId: string;
  /** Null: not checked yet. */
  readonly checkedAt: Date | null;
}

/** Whether any of its webhooks go where we do not listen. */
export const goesElsewhere = ({ elsewhere, numbersElsewhere }: Pick<WabaCheck, 'elsewhere' | 'numbersElsewhere'>): boolean =>
  elsewhere || (numbersElsewhere?.length ?? 0) > 0;

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

  /** Keeps what was found, and has it told in the same transaction. `turned`: this is the one caller after whom webhooks go elsewhere, or do so no more. */
  async checked(
    wabaId: string,
    check: WabaCheck,
    at: Date,
    tell: (tx: Sql, now: WabaStanding, turned: boolean) => Promise<void>,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      const [before] = await tx.query<WabaStanding>(
        'select elsewhere, numbers_elsewhere as "numbersElsewhere" from waba where waba_id = $1 for update',
        [wabaId],
      );
      if (before === undefined) return;
      const now: WabaStanding = {
        elsewhere: check.callbackUrl === null ? before.elsewhere : check.elsewhere,
        numbersElsewhere: check.numbersElsewhere ?? before.numbersElsewhere,
      };
      await tx.execute(
        `update waba set subscribed = $2, checked_at = $3, callback_url = coalesce($4, callback_url), elsewhere = $5, numbers_elsewhere = $6
         where waba_id = $1`,
        [wabaId, check.subscribed, at, check.callbackUrl, now.elsewhere, now.numbersElsewhere],
      );
      await tell(tx, now, goesElsewhere(before) !== goesElsewhere(now));
    });
  }
}
