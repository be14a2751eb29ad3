import { Database } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import { arraysOf, column, instant, namesOf, selected, unnested, type BatchColumn } from './batch-columns.js';
import { Prisma } from './prisma.js';

/** A recipient said no, or not now. */
export interface OptOut {
  readonly recipientId: string;
  /** Epoch ms, by the platform's stamp where there is one. */
  readonly optedOutAt: number;
}

const OPT_OUT: readonly BatchColumn<OptOut>[] = [
  column('recipient_id', 'text', (o) => o.recipientId),
  instant('opted_out_at', (o) => o.optedOutAt),
];

@Injectable()
export class OptOutRepository {
  constructor(
    private readonly prisma: Prisma,
    private readonly database: Database,
  ) {}

  async add(optOuts: readonly OptOut[]): Promise<void> {
    if (optOuts.length === 0) return;
    await this.database.execute(
      `insert into opt_out (${namesOf(OPT_OUT)}) select ${selected(OPT_OUT)} from ${unnested(OPT_OUT, 1)} order by 1, 2 on conflict do nothing`,
      arraysOf(OPT_OUT, optOuts),
    );
  }

  /** The recipients were erased. */
  async forget(recipientIds: readonly string[]): Promise<void> {
    if (recipientIds.length > 0) await this.prisma.optOut.deleteMany({ where: { recipientId: { in: [...recipientIds] } } });
  }

  /** The first opt-out of a recipient in `[from, to)`, epoch ms. */
  async firstOf(recipientId: string, from: number, to: number): Promise<number | undefined> {
    const row = await this.prisma.optOut.findFirst({
      where: { recipientId, optedOutAt: { gte: new Date(from), lt: new Date(to) } },
      orderBy: { optedOutAt: 'asc' },
    });
    return row?.optedOutAt.getTime();
  }
}
