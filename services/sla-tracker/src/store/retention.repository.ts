import { Database } from '@daybreak/database';
import { Injectable } from '@nestjs/common';

/** Forgets whole days. */
@Injectable()
export class RetentionRepository {
  constructor(private readonly database: Database) {}

  /** Deliveries, and what decided on their denominator. @returns how many days went */
  async forgetDeliveries(before: string): Promise<number> {
    await this.database.execute('delete from opt_out where opted_out_at < $1::date', [before]);
    await this.database.execute('delete from withdrawn_pack where withdrawn_at < $1::date', [before]);
    return this.drop('delivery', before);
  }

  /** The raw events that deliveries were folded from. @returns how many days went */
  async forgetEvents(before: string): Promise<number> {
    return this.drop('delivery_event', before);
  }

  private async drop(table: 'delivery' | 'delivery_event', before: string): Promise<number> {
    const [row] = await this.database.query<{ dropped: number }>('select forget_days($1, $2::date) as dropped', [table, before]);
    return row?.dropped ?? 0;
  }
}
