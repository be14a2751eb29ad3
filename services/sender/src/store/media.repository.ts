import { Database } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import { instantOf } from './instants.js';

export interface Asset {
  readonly sha256: string;
  readonly url: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
}

/** An asset that a number will need and cannot send by id yet. */
export interface WantedAsset extends Asset {
  readonly failures: number;
}

/** An id that this number will send by. */
export interface HeldMediaId {
  readonly sha256: string;
  readonly mediaId: string;
}

@Injectable()
export class MediaRepository {
  constructor(private readonly database: Database) {}

  /** @param shared of a pack for many: every number uploads it, spares included */
  async addAssets(assets: readonly (Asset & { readonly runDate: string | null; readonly shared: boolean })[]): Promise<void> {
    const bySha = new Map(assets.map((asset) => [asset.sha256, asset]));
    const sorted = [...bySha.values()].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
    await this.database.execute(
      `insert into asset (sha256, url, media_type, size_bytes, shared, run_date)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::boolean[], $6::date[])
       on conflict (sha256) do update set
         url = excluded.url, media_type = excluded.media_type, size_bytes = excluded.size_bytes, shared = asset.shared or excluded.shared,
         run_date = case when asset.run_date is null or excluded.run_date is null then null else greatest(asset.run_date, excluded.run_date) end`,
      [
        sorted.map((asset) => asset.sha256),
        sorted.map((asset) => asset.url),
        sorted.map((asset) => asset.mediaType),
        sorted.map((asset) => asset.sizeBytes),
        sorted.map((asset) => asset.shared),
        sorted.map((asset) => asset.runDate),
      ],
    );
  }

  /**
   * What this number still has to upload: shared assets of this day and later, and what its own staged deliveries carry. An id that will not live
   * until `neededUntilMs` counts as none.
   */
  async wanted(
    shard: { readonly shardId: string; readonly phoneNumberId: string },
    today: string,
    nowMs: number,
    neededUntilMs: number,
    limit: number,
  ): Promise<WantedAsset[]> {
    return this.database.query<WantedAsset>(
      `with needed as (
         select sha256, url, media_type, size_bytes, null::date as run_date, null as content_id
         from asset where shared and (run_date is null or run_date >= $3::date)
         union all
         select c.body->'headerMedia'->>'sha256', c.body->'headerMedia'->>'url', c.body->'headerMedia'->>'mediaType', (c.body->'headerMedia'->>'sizeBytes')::bigint, s.run_date, s.content_id
         from shard_content s join content c using (content_id)
         where s.shard_id = $1 and s.run_date >= $3::date and c.body->'headerMedia' <> 'null'
       )
       select distinct on (n.sha256) n.sha256, n.url, n.media_type as "mediaType", n.size_bytes as "sizeBytes", coalesce(m.failures, 0) as failures
       from needed n left join media_id m on m.phone_number_id = $2 and m.sha256 = n.sha256
       where (m.sha256 is null or m.media_id = '' or m.expires_at < ${instantOf('$5')}) and (m.retry_at is null or m.retry_at <= ${instantOf('$4')})
         and (n.content_id is null or is_waited_for(n.content_id, $1, n.run_date))
       order by n.sha256 limit $6`,
      [shard.shardId, shard.phoneNumberId, today, nowMs, neededUntilMs, limit],
    );
  }

  /** Ids that this number will send by on this day, and that Meta neither gave nor confirmed since. */
  async unchecked(
    shard: { readonly shardId: string; readonly phoneNumberId: string },
    runDate: string,
    sinceMs: number,
    limit: number,
  ): Promise<HeldMediaId[]> {
    return this.database.query<HeldMediaId>(
      `with needed as (
         select sha256, null::date as run_date, null as content_id from asset where shared and (run_date is null or run_date >= $3::date)
         union all
         select c.body->'headerMedia'->>'sha256', s.run_date, s.content_id
         from shard_content s join content c using (content_id)
         where s.shard_id = $1 and s.run_date = $3::date and c.body->'headerMedia' <> 'null'
       )
       select distinct m.sha256, m.media_id as "mediaId" from needed n join media_id m on m.phone_number_id = $2 and m.sha256 = n.sha256
       where m.media_id <> '' and greatest(m.uploaded_at, m.checked_at) < ${instantOf('$4')}
         and (n.content_id is null or is_waited_for(n.content_id, $1, n.run_date))
       order by m.sha256 limit $5`,
      [shard.shardId, shard.phoneNumberId, runDate, sinceMs, limit],
    );
  }

  async checked(phoneNumberId: string, sha256: string, nowMs: number): Promise<void> {
    await this.database.execute(`update media_id set checked_at = ${instantOf('$3')} where phone_number_id = $1 and sha256 = $2`, [
      phoneNumberId,
      sha256,
      nowMs,
    ]);
  }

  /** Of the assets that this number's deliveries of a run carry: how many there are, and how many it can send by id. */
  async readiness(
    shard: { readonly shardId: string; readonly phoneNumberId: string },
    run: { readonly runId: string; readonly runDate: string },
    nowMs: number,
  ): Promise<{ needed: number; ready: number }> {
    const [row] = await this.database.query<{ needed: number; ready: number }>(
      `with needed as (
         select distinct c.body->'headerMedia'->>'sha256' as sha256
         from shard_content s join content c using (content_id)
         where s.shard_id = $1 and s.run_date = $4::date and s.run_id = $3 and c.body->'headerMedia' <> 'null'
         union
         select sha256 from asset where shared and run_date = $4::date
       )
       select count(*) as needed, count(*) filter (where m.media_id <> '' and m.expires_at > ${instantOf('$5')}) as ready
       from needed n left join media_id m on m.phone_number_id = $2 and m.sha256 = n.sha256`,
      [shard.shardId, shard.phoneNumberId, run.runId, run.runDate, nowMs],
    );
    return row ?? { needed: 0, ready: 0 };
  }

  async uploaded(phoneNumberId: string, sha256: string, mediaId: string, nowMs: number, expiresAtMs: number): Promise<void> {
    await this.database.execute(
      `insert into media_id (phone_number_id, sha256, media_id, uploaded_at, expires_at) values ($1, $2, $3, ${instantOf('$4')}, ${instantOf('$5')})
       on conflict (phone_number_id, sha256) do update set
         media_id = excluded.media_id, uploaded_at = excluded.uploaded_at, expires_at = excluded.expires_at, failures = 0, reason = '', retry_at = null`,
      [phoneNumberId, sha256, mediaId, nowMs, expiresAtMs],
    );
  }

  async failed(phoneNumberId: string, sha256: string, reason: string, retryAtMs: number): Promise<void> {
    await this.database.execute(
      `insert into media_id (phone_number_id, sha256, failures, reason, retry_at) values ($1, $2, 1, $3, ${instantOf('$4')})
       on conflict (phone_number_id, sha256) do update set failures = media_id.failures + 1, reason = excluded.reason, retry_at = excluded.retry_at`,
      [phoneNumberId, sha256, reason, retryAtMs],
    );
  }

  /** Meta does not know the id any more, or never did for this number: it is uploaded again. */
  async forget(phoneNumberId: string, sha256: string): Promise<void> {
    await this.database.execute(`update media_id set media_id = '' where phone_number_id = $1 and sha256 = $2`, [phoneNumberId, sha256]);
  }

  /** Ids that this number can send these assets by until `neededUntilMs`, by hash. */
  async idsOf(phoneNumberId: string, hashes: readonly string[], neededUntilMs: number): Promise<Map<string, string>> {
    const rows = await this.database.query<{ sha256: string; media_id: string }>(
      `select sha256, media_id from media_id
       where phone_number_id = $1 and sha256 = any($2::text[]) and media_id <> '' and expires_at > ${instantOf('$3')}`,
      [phoneNumberId, hashes, neededUntilMs],
    );
    return new Map(rows.map((row) => [row.sha256, row.media_id]));
  }
}
