import { Database } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import { arraysOf, column, instant, namesOf, selected, unnested, type BatchColumn } from './batch-columns.js';
import { Prisma } from './prisma.js';

/** A pack that was recalled. */
export interface WithdrawnPack {
  readonly contentPackId: string;
  /** Epoch ms. */
  readonly withdrawnAt: number;
}

const WITHDRAWN: readonly BatchColumn<WithdrawnPack>[] = [
  column('content_pack_id', 'text', (w) => w.contentPackId),
  instant('withdrawn_at', (w) => w.withdrawnAt),
];

@Injectable()
export class WithdrawnPackRepository {
  constructor(
    private readonly prisma: Prisma,
    private readonly database: Database,
  ) {}

  /** The first withdrawal of a pack stands. */
  async add(packs: readonly WithdrawnPack[]): Promise<void> {
    if (packs.length === 0) return;
    await this.database.execute(
      `insert into withdrawn_pack (${namesOf(WITHDRAWN)}) select ${selected(WITHDRAWN)} from ${unnested(WITHDRAWN, 1)} order by 1, 2 on conflict do nothing`,
      arraysOf(WITHDRAWN, packs),
    );
  }

  /** When a pack was recalled, if that was before an instant; epoch ms. */
  async recalledAt(contentPackId: string, before: number): Promise<number | undefined> {
    const row = await this.prisma.withdrawnPack.findFirst({ where: { contentPackId, withdrawnAt: { lt: new Date(before) } } });
    return row?.withdrawnAt.getTime();
  }
}
