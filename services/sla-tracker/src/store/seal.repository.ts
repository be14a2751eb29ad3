import type { Sql } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import type { RunReport } from '../run/run-report.js';
import type { Seal, SealKind } from '../run/seal.js';
import { Prisma } from './prisma.js';

/** Sealed figures. There is no way to change one: the role may not. */
@Injectable()
export class SealRepository {
  constructor(private readonly prisma: Prisma) {}

  /** False when it was sealed before. */
  async add(tx: Sql, seal: Seal): Promise<boolean> {
    const added = await tx.execute(
      `insert into seal (run_id, kind, sealed_at, report, digest) values ($1, $2, to_timestamp($3 / 1000.0), $4, $5) on conflict do nothing`,
      [seal.runId, seal.kind, seal.sealedAtMs, JSON.stringify(seal.report), seal.digest],
    );
    return added > 0;
  }

  async exists(tx: Sql, runId: string, kind: SealKind): Promise<boolean> {
    return (await tx.query('select 1 from seal where run_id = $1 and kind = $2', [runId, kind])).length > 0;
  }

  async of(runIds: readonly string[]): Promise<Seal[]> {
    const rows = await this.prisma.seal.findMany({ where: { runId: { in: [...runIds] } } });
    return rows.map((row) => ({
      runId: row.runId,
      kind: row.kind as SealKind,
      sealedAtMs: row.sealedAt.getTime(),
      report: row.report as unknown as RunReport,
      digest: row.digest,
    }));
  }
}
