import { Database } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import type { TimedBreaker } from '../states/breakers.js';

/** What the owner of a shard measured last. Rates are messages per second of the run's clock. */
export interface ShardFigures {
  readonly maximumRate: number;
  readonly allowedRate: number;
  readonly actualRate: number;
  /** Requests on the wire. */
  readonly inFlight: number;
  /** Recipients started in the last hour, and on this day: what caps and the portfolio's limit are about. */
  readonly startedHour: number;
  readonly startedDay: number;
}

/** A shard's lease, by database time, and what its owner measured under it. */
export interface OwnedFigures {
  readonly shardId: string;
  /** Null while nobody holds the shard. */
  readonly owner: string | null;
  readonly epoch: number;
  /** Null while nobody holds the shard, or its owner has not measured yet. */
  readonly figures: ShardFigures | null;
  /** What stands still in its owner's process until an instant; it may have passed. */
  readonly timedBreakers: readonly TimedBreaker[];
}

interface FiguresRow extends ShardFigures {
  shardId: string;
  owner: string | null;
  epoch: number;
  isMeasured: boolean;
  timedBreakers: TimedBreaker[];
}

@Injectable()
export class FiguresRepository {
  constructor(private readonly database: Database) {}

  /** A new owner's figures replace an old one's; an old one's never a new one's. */
  async save(
    lease: { readonly shardId: string; readonly epoch: number },
    figures: ShardFigures,
    timedBreakers: readonly TimedBreaker[],
  ): Promise<void> {
    await this.database.execute(
      `insert into shard_figures (shard_id, epoch, maximum_rate, allowed_rate, actual_rate, in_flight, started_hour, started_day, timed_breakers)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       on conflict (shard_id) do update set epoch = excluded.epoch, maximum_rate = excluded.maximum_rate, allowed_rate = excluded.allowed_rate,
         actual_rate = excluded.actual_rate, in_flight = excluded.in_flight, started_hour = excluded.started_hour, started_day = excluded.started_day,
         timed_breakers = excluded.timed_breakers, measured_at = clock_timestamp()
       where shard_figures.epoch <= excluded.epoch`,
      [
        lease.shardId,
        lease.epoch,
        figures.maximumRate,
        figures.allowedRate,
        figures.actualRate,
        figures.inFlight,
        figures.startedHour,
        figures.startedDay,
        JSON.stringify(timedBreakers),
      ],
    );
  }

  async all(): Promise<OwnedFigures[]> {
    const rows = await this.database.query<FiguresRow>(
      `select l.shard_id as "shardId", case when l.expires_at > clock_timestamp() then l.owner end as owner, l.epoch,
         f.epoch is not null and f.epoch = l.epoch and l.expires_at > clock_timestamp() as "isMeasured",
         f.maximum_rate as "maximumRate", f.allowed_rate as "allowedRate", f.actual_rate as "actualRate", f.in_flight as "inFlight",
         f.started_hour as "startedHour", f.started_day as "startedDay", f.timed_breakers as "timedBreakers"
       from shard_lease l left join shard_figures f using (shard_id)`,
    );
    return rows.map(({ shardId, owner, epoch, isMeasured, timedBreakers, ...figures }) => ({
      shardId,
      owner,
      epoch,
      figures: isMeasured ? figures : null,
      timedBreakers: isMeasured ? timedBreakers : [],
    }));
  }
}
