import { Database } from '@daybreak/database';
import { Injectable } from '@nestjs/common';

/** Forgets whole mornings. */
@Injectable()
export class RetentionRepository {
  constructor(private readonly database: Database) {}

  /** @returns how many mornings of deliveries went */
  async forgetBefore(runDate: string): Promise<number> {
    const [row] = await this.database.query<{ dropped: number }>('select drop_run_partitions($1::date) as dropped', [runDate]);
    for (const table of ['content', 'shard_content', 'delivery_count', 'pack', 'run', 'asset'])
      await this.database.execute(`delete from ${table} where run_date < $1::date`, [runDate]);
    await this.database.execute('delete from withdrawn_pack where withdrawn_at < $1::date', [runDate]);
    await this.database.execute('delete from told_refusal where told_at < $1::date', [runDate]);
    await this.database.execute('delete from erased_recipient where erased_at < $1::date', [runDate]);
    await this.database.execute('delete from media_id where expires_at < $1::date', [runDate]);
    return row?.dropped ?? 0;
  }
}
