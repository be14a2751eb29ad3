import type { Sql } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import type { Control } from '../states/control.js';
import { msOf } from './instants.js';

/** What an operator can say of a shard. */
export type Word = Pick<Control, 'paused' | 'draining' | 'maxRate'>;

const CONTROL = `paused, draining, max_rate as "maxRate", reason, actor, ${msOf('updated_at')} as "updatedAtMs"`;

/** `shard_control` and `breaker`, as operators change them. */
@Injectable()
export class ControlRepository {
  /** Locked until the end of the transaction; undefined when nobody has said anything yet. */
  async lock(tx: Sql, shardId: string): Promise<Control | undefined> {
    const [row] = await tx.query<Control>(`select ${CONTROL} from shard_control where shard_id = $1 for update`, [shardId]);
    return row;
  }

  /** Takes over what is said, keeps what is not. */
  async say(tx: Sql, shardId: string, word: Partial<Word>, by: Pick<Control, 'actor' | 'reason'>): Promise<Control> {
    const [row] = await tx.query<Control>(
      `insert into shard_control as c (shard_id, paused, draining, max_rate, actor, reason, updated_at)
       values ($1, coalesce($2, false), coalesce($3, false), $4::float8, $6, $7, clock_timestamp())
       on conflict (shard_id) do update set
         paused = coalesce($2, c.paused), draining = coalesce($3, c.draining), max_rate = case when $5 then $4::float8 else c.max_rate end,
         actor = excluded.actor, reason = excluded.reason, updated_at = excluded.updated_at
       returning ${CONTROL}`,
      [shardId, word.paused ?? null, word.draining ?? null, word.maxRate ?? null, word.maxRate !== undefined, by.actor, by.reason],
    );
    if (!row) throw new Error('an upsert returned no row');
    return row;
  }

  /** Returns what was closed; undefined when it was not open. */
  async closeBreaker(tx: Sql, scope: string, key: string): Promise<{ fault: string; endedBy: string } | undefined> {
    const [row] = await tx.query<{ fault: string; endedBy: string }>(
      `delete from breaker where scope = $1 and key = $2 returning fault, ended_by as "endedBy"`,
      [scope, key],
    );
    return row;
  }
}
