import { Database, type Sql } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import { eachBy } from './each-by.js';

interface Run {
  readonly runId: string;
  readonly runDate: string;
}

/** Deliveries on their way from one shard to another. */
@Injectable()
export class MoveRepository {
  constructor(private readonly database: Database) {}

  /** How many deliveries of a run wait for an attempt, by shard. */
  async waiting(run: Run): Promise<Map<string, number>> {
    const rows = await this.database.query<{ shard_id: string; n: number }>(
      `select shard_id, sum(n)::integer as n from delivery_count
       where run_date = $1::date and run_id = $2 and state = 'QUEUED' group by shard_id having sum(n) <> 0`,
      [run.runDate, run.runId],
    );
    return new Map(rows.map((row) => [row.shard_id, row.n]));
  }

  /** Unclaimed deliveries of a shard, those due last first, if the lease is still its owner's. Locked until the transaction ends. */
  async lockMovable(
    tx: Sql,
    run: Run,
    lease: { readonly shardId: string; readonly epoch: number; readonly owner: string },
    limit: number,
  ): Promise<{ deliveryId: string; recipientId: string }[]> {
    return tx.query<{ deliveryId: string; recipientId: string }>(
      `with lease as materialized (
         select 1 from shard_lease where shard_id = $3 and epoch = $4 and owner = $5 and expires_at > clock_timestamp() for share
       )
       select delivery_id as "deliveryId", recipient_id as "recipientId" from delivery
       where run_date = $1::date and run_id = $2 and shard_id = $3 and state = 'QUEUED' and exists (select from lease)
       order by due_at desc, delivery_id limit $6
       for update skip locked`,
      [run.runDate, run.runId, lease.shardId, lease.epoch, lease.owner, limit],
    );
  }

  /** Of locked rows. What they carry the other shards carry then. */
  async move(tx: Sql, runDate: string, moves: readonly { readonly deliveryId: string; readonly toShardId: string }[]): Promise<void> {
    if (moves.length === 0) return;
    await tx.execute(
      `with moved as (
         update delivery d set shard_id = m.shard_id
         from unnest($2::uuid[], $3::text[]) as m (delivery_id, shard_id)
         ${eachBy('m.delivery_id', 'ctid as place')} found
         where d.run_date = $1::date and d.ctid = found.place
         returning d.shard_id, d.run_date, d.run_id, d.content_id
       )
       insert into shard_content (shard_id, run_date, run_id, content_id)
       select distinct shard_id, run_date, run_id, content_id from moved order by shard_id, run_date, run_id, content_id
       on conflict do nothing`,
      [runDate, moves.map((move) => move.deliveryId), moves.map((move) => move.toShardId)],
    );
  }
}
