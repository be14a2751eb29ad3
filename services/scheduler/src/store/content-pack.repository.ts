import type { Sql } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import type { ApprovedPack } from '../intake/content-pack.mapper.js';
import { Prisma } from './prisma.js';

export interface PackWithdrawal {
  readonly contentPackId: string;
  readonly reason: string;
  readonly withdrawnBy: string;
  readonly withdrawnAtMs: number;
}

@Injectable()
export class ContentPackRepository {
  constructor(private readonly prisma: Prisma) {}

  /** The content hash under which this id was taken; undefined when it was not. */
  async hashOf(tx: Sql, contentPackId: string): Promise<string | undefined> {
    const rows = await tx.query<{ content_hash: string }>('select content_hash from content_pack where content_pack_id = $1', [
      contentPackId,
    ]);
    return rows[0]?.content_hash;
  }

  async add(tx: Sql, pack: ApprovedPack): Promise<void> {
    await tx.execute(
      `insert into content_pack (content_pack_id, tenant_id, run_date, language, audience, segment, critical, parts, body_parameters, content_hash,
         approved_by, approved_at, approval_reference, published_at)
       values ($1, $2, nullif($3, '')::date, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [
        pack.contentPackId,
        pack.tenantId,
        pack.runDate,
        pack.language,
        pack.audience.kind,
        pack.audience.kind === 'segment' ? pack.audience.segment : null,
        pack.criticality === 'CRITICALITY_CRITICAL',
        JSON.stringify(pack.parts),
        JSON.stringify(pack.bodyParameters),
        pack.contentHash,
        pack.approval.approvedBy,
        new Date(pack.approval.approvedAtMs),
        pack.approval.reference,
        new Date(pack.publishedAtMs),
      ],
    );
    if (pack.audience.kind !== 'recipients') return;
    await tx.execute(
      'insert into content_pack_recipient (recipient_id, content_pack_id) select distinct r, $2 from unnest($1::text[]) as r',
      [pack.audience.recipientIds, pack.contentPackId],
    );
  }

  /** The first withdrawal of a pack stands. */
  async withdraw(withdrawals: readonly PackWithdrawal[]): Promise<void> {
    await this.prisma.contentPackWithdrawal.createMany({
      data: withdrawals.map(({ withdrawnAtMs, ...withdrawal }) => ({ ...withdrawal, withdrawnAt: new Date(withdrawnAtMs) })),
      skipDuplicates: true,
    });
  }
}
