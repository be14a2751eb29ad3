import type { Sql } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import { USUALLY_SENT_WITHIN_MS } from '../run/projection.js';
import type { Run } from '../run/run.js';
import type { NumberTally, TallyGroup } from '../run/tally.js';

// $1 run date, $2 run id, $3 freeze, $4 window opens, $5 window closes, $6 deadline, $7 long ago (epoch ms)
const GROUPS = `
  with judged as (
    select to_timestamp($3 / 1000.0) as freeze_at, to_timestamp($4 / 1000.0) as opens_at, to_timestamp($5 / 1000.0) as closes_at,
           to_timestamp($6 / 1000.0) as deadline_at
  ), opted as materialized (
    select recipient_id, min(opted_out_at) as at from opt_out, judged
    where opted_out_at >= freeze_at and opted_out_at < closes_at group by recipient_id
  ), recalled as materialized (
    select content_pack_id, withdrawn_at as at from withdrawn_pack, judged where withdrawn_at < closes_at
  )
  select d.outcome, d.state, d.status, d.reason, d.blame, d.error_code as "errorCode", d.shard_id as "shardId", d.phone_number_id as "phoneNumberId",
         coalesce(least(o.at, w.at, d.withheld_at) < coalesce(d.first_post_at, 'infinity'), false) as excluded, -- staysInDenominator() of @daybreak/delivery
         w.at is not null as withdrawn,
         coalesce(d.accepted_started_at >= j.opens_at and d.accepted_started_at < j.closes_at, false) as "startedInWindow",
         coalesce(d.accepted_started_at >= j.closes_at, false) as "startedLate",
         coalesce(d.accepted_started_at < to_timestamp($7 / 1000.0), false) as "startedLongAgo",
         d.sent_at is not null as sent, d.delivered_at is not null as delivered, d.read_at is not null as read,
         coalesce(date_trunc('second', d.sent_at) < j.deadline_at, false) as "sentOnTime",
         coalesce(date_trunc('second', d.delivered_at) < j.deadline_at, false) as "deliveredOnTime",
         d.posts > 0 as posted,
         count(*) as deliveries, sum(d.posts) as posts, sum(d.rate_limited) as "rateLimited", count(*) filter (where d.acceptances > 1) as duplicates
  from delivery d cross join judged j left join opted o on o.recipient_id = d.recipient_id
  left join recalled w on w.content_pack_id = d.content_pack_id
  where d.run_date = $1 and d.run_id = $2 and d.planned
  group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19`;

// $1 run date, $2 run id, $3 window opens, $4 window closes (epoch ms)
const NUMBERS = `
  select coalesce(max("shardId"), '') as "shardId", "phoneNumberId", count(*) filter (where became_message) as accepted,
         coalesce(max(in_second) filter (where "startedAt" is not null), 0) as "maxPerRollingSecond",
         count(*) filter (where "startedAt" < $3 or "startedAt" >= $4) as "outOfWindow"
  from (
    select coalesce(p."shardId", d.shard_id) as "shardId", p."phoneNumberId", p."startedAt",
           p.outcome in ('accepted', 'held') is true or coalesce(p."sentAt", p."deliveredAt", p."readAt", p."failedAt") is not null as became_message,
           count(*) over (partition by p."phoneNumberId" order by p."startedAt" range between 999.999 preceding and current row) as in_second
    from delivery d cross join lateral jsonb_to_recordset(d.record -> 'posts') as p(
      "shardId" text, "phoneNumberId" text, outcome text, "startedAt" double precision,
      "sentAt" double precision, "deliveredAt" double precision, "readAt" double precision, "failedAt" double precision)
    where d.run_date = $1 and d.run_id = $2 and d.planned and p.outcome is distinct from 'not_sent'
  ) as post
  where "phoneNumberId" is not null
  group by "phoneNumberId"
  order by 1, 2`;

type GroupColumns = { readonly [K in keyof TallyGroup]-?: TallyGroup[K] | null };

/** Counts a run in one pass over its rows. */
@Injectable()
export class TallyRepository {
  async groups(sql: Sql, { runDate, runId, window }: Run, nowMs: number): Promise<TallyGroup[]> {
    const rows = await sql.query<GroupColumns>(GROUPS, [
      ...[runDate, runId, window.freezeAt, window.opensAt, window.closesAt, window.deadlineAt],
      nowMs - USUALLY_SENT_WITHIN_MS,
    ]);
    // Null where nothing is known.
    return rows.map(
      (row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value ?? undefined])) as unknown as TallyGroup,
    );
  }

  async numbers(sql: Sql, { runDate, runId, window }: Run): Promise<NumberTally[]> {
    return sql.query<NumberTally>(NUMBERS, [runDate, runId, window.opensAt, window.closesAt]);
  }
}
