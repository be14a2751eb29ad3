import { Database } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import { LEASE_TTL_MS } from '../shard/shard-lease.js';

/** Who may take what: the shards that this pod is for come first, others only when nobody else came for them. */
export interface LeaseWish {
  readonly owner: string;
  readonly preferred: readonly string[];
  /** In the order in which to try them. */
  readonly others: readonly string[];
  /** Real ms that a shard must have been free before a pod takes it that is not for it. */
  readonly patienceMs: number;
}

export interface HeldLease {
  readonly shardId: string;
  readonly epoch: number;
  /** The pod that this shard is for asks for it. */
  readonly wantedBy: string;
}

const WISH_LIFE_MS = 10_000;

/** A shard that nobody has owned yet is left to its own pod for a while: all of them may be starting. */
const NEW_SHARD_PATIENCE_MS = 5_000;

/** `shard_lease`, by database time throughout: the clocks of two pods need not agree. */
@Injectable()
export class LeaseRepository {
  constructor(private readonly database: Database) {}

  /** Makes the rows of shards that are new. A new shard counts as free from now on. */
  async know(shardIds: readonly string[]): Promise<void> {
    await this.database.execute(`insert into shard_lease (shard_id) select unnest($1::text[]) on conflict do nothing`, [shardIds]);
  }

  /** Takes one free shard, with a new epoch, or none. */
  async take(wish: LeaseWish): Promise<{ shardId: string; epoch: number } | undefined> {
    const [taken] = await this.database.query<{ shardId: string; epoch: number }>(
      `update shard_lease set epoch = epoch + 1, owner = $1, expires_at = clock_timestamp() + $4::float8 * interval '1 ms', wanted_by = '', wanted_at = null
       where shard_id = (
         select shard_id from shard_lease
         where (shard_id = any($2::text[]) and expires_at < clock_timestamp())
            or (shard_id = any($3::text[]) and expires_at < clock_timestamp() - (case when epoch = 0 then greatest($5::float8, $6::float8) else $5::float8 end) * interval '1 ms')
         order by array_position($2::text[] || $3::text[], shard_id)
         limit 1 for update skip locked
       )
       returning shard_id as "shardId", epoch`,
      [wish.owner, wish.preferred, wish.others, LEASE_TTL_MS, wish.patienceMs, NEW_SHARD_PATIENCE_MS],
    );
    return taken;
  }

  /** Renews what is still held; what is missing from the answer is lost. */
  async renew(owner: string, held: readonly { readonly shardId: string; readonly epoch: number }[]): Promise<HeldLease[]> {
    if (held.length === 0) return [];
    return this.database.query<HeldLease>(
      `update shard_lease l set expires_at = clock_timestamp() + $4::float8 * interval '1 ms'
       from unnest($2::text[], $3::bigint[]) as h (shard_id, epoch)
       where l.shard_id = h.shard_id and l.epoch = h.epoch and l.owner = $1
       returning l.shard_id as "shardId", l.epoch,
         case when l.wanted_at > clock_timestamp() - $5::float8 * interval '1 ms' then l.wanted_by else '' end as "wantedBy"`,
      [owner, held.map((lease) => lease.shardId), held.map((lease) => lease.epoch), LEASE_TTL_MS, WISH_LIFE_MS],
    );
  }

  /** Free at once, for whoever comes first. */
  async release(owner: string, lease: { readonly shardId: string; readonly epoch: number }): Promise<void> {
    await this.database.execute(
      `update shard_lease set expires_at = clock_timestamp() - interval '1 ms', owner = '' where shard_id = $1 and epoch = $2 and owner = $3`,
      [lease.shardId, lease.epoch, owner],
    );
  }

  /** Asks whoever holds these shards to hand them over: their own pod is back. */
  async ask(owner: string, shardIds: readonly string[]): Promise<void> {
    await this.database.execute(
      `update shard_lease set wanted_by = $1, wanted_at = clock_timestamp() where shard_id = any($2::text[]) and owner <> $1 and expires_at > clock_timestamp()`,
      [owner, shardIds],
    );
  }
}
