import { Database } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import type { UserCap } from '../intake/user-cap.js';

/** Who is to be left alone with marketing for a while, by the delivery that told so. */
@Injectable()
export class UserCapRepository {
  constructor(private readonly database: Database) {}

  async keep(caps: readonly UserCap[]): Promise<void> {
    if (caps.length === 0) return;
    await this.database.execute(
      `insert into user_cap (delivery_id, run_id, until)
       select c.delivery_id, max(c.run_id), to_timestamp(max(c.until_ms) / 1000.0)
       from unnest($1::uuid[], $2::text[], $3::bigint[]) as c(delivery_id, run_id, until_ms)
       group by c.delivery_id
       order by c.delivery_id -- two replicas that take each other's rows in any order would wait for each other
       on conflict (delivery_id) do update set until = greatest(user_cap.until, excluded.until)`,
      [caps.map((cap) => cap.deliveryId), caps.map((cap) => cap.runId), caps.map((cap) => cap.untilMs)],
    );
  }

  /** What is over is forgotten. */
  async forgetBefore(nowMs: number): Promise<number> {
    return this.database.execute('delete from user_cap where until <= $1', [new Date(nowMs)]);
  }
}
