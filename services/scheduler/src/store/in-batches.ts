import type { Sql } from '@daybreak/database';

/** Rows that are held in memory at once, however many there are in all. */
export const BATCH_ROWS = 5_000;

let cursors = 0;

/** The rows of one query, batch by batch, through a cursor of the caller's transaction. Other statements may run in between. */
export async function* inBatches<R extends object>(
  tx: Sql,
  sql: string,
  params: readonly unknown[] = [],
  rows = BATCH_ROWS,
): AsyncGenerator<R[]> {
  cursors += 1;
  const cursor = `batches_${cursors}`;
  await tx.execute(`declare ${cursor} no scroll cursor for ${sql}`, params);
  for (;;) {
    const batch = await tx.query<R>(`fetch ${rows} from ${cursor}`);
    if (batch.length > 0) yield batch;
    if (batch.length < rows) break;
  }
  await tx.execute(`close ${cursor}`);
}
