import type { ConsentState } from '@daybreak/consent';
import { Database } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import type { Claim } from '../delivery/claim.js';
import { instantOf, msOf } from './instants.js';

/** What of the due deliveries may be claimed now. */
export interface ClaimFilter {
  /** The number has started as many recipients as it may: only those who were started already. */
  readonly onlyStarted: boolean;
  /** The number is paused: only what is critical. */
  readonly onlyCritical: boolean;
  /** `name/language` of templates that stand still and have no standby. */
  readonly exceptTemplates: readonly string[];
}

export interface ClaimRequest extends ClaimFilter {
  readonly runDate: string;
  readonly runId: string;
  readonly shardId: string;
  readonly epoch: number;
  readonly owner: string;
  readonly nowMs: number;
  /** Claims what is due until then. */
  readonly dueUntilMs: number;
  readonly limit: number;
}

interface ClaimedRow {
  delivery_id: string;
  run_id: string;
  recipient_id: string;
  attempt: number;
  spared: number;
  claim_number: number;
  due_ms: number;
  error_code: number;
  sealed_address: Buffer;
  body_parameters: Record<string, string>;
  content_id: string;
  critical: boolean;
  consent_state: ConsentState | null;
  consent_since_ms: number | null;
  consent_until_ms: number | null;
}

@Injectable()
export class ClaimRepository {
  constructor(private readonly database: Database) {}

  /**
   * Takes due deliveries for this owner, in the order in which they are due, if and only if the lease is still its own: the lease row is
   * locked against a take-over until the claim is committed.
   */
  async claimDue(request: ClaimRequest): Promise<Claim[]> {
    const claimedAtMonoMs = performance.now();
    const rows = await this.database.query<ClaimedRow>(
      `with lease as materialized (
         select 1 from shard_lease
         where shard_id = $3 and epoch = $4 and owner = $5 and expires_at > clock_timestamp()
         for share
       ), due as (
         select ctid as place, recipient_id from delivery
         where run_date = $1::date and run_id = $2 and shard_id = $3 and state = 'QUEUED' and due_at <= ${instantOf('$7')}
           and (critical or not $9) and template <> all($10::text[]) and (attempt > spared or not $11) and exists (select from lease)
         order by due_at limit $8
         for update skip locked
       )
       update delivery d
       set state = 'CLAIMED', attempt = d.attempt + 1, claim_number = d.claim_number + 1, epoch = $4, claimed_at = ${instantOf('$6')}
       from due left join lateral (
         -- One look-up each: the limit keeps the planner from reading everybody's consent for a few hundred people.
         select state, since, paused_until from consent where recipient_id = due.recipient_id and purpose = 'content' limit 1
       ) c on true
       where d.run_date = $1::date and d.ctid = due.place -- it is locked: its place is its own
       returning d.delivery_id, d.run_id, d.recipient_id, d.attempt, d.spared, d.claim_number, ${msOf('d.due_at')} as due_ms, d.error_code, d.sealed_address,
         d.body_parameters, d.content_id, d.critical, c.state as consent_state, ${msOf('c.since')} as consent_since_ms, ${msOf('c.paused_until')} as consent_until_ms`,
      [
        request.runDate,
        request.runId,
        request.shardId,
        request.epoch,
        request.owner,
        request.nowMs,
        request.dueUntilMs,
        request.limit,
        request.onlyCritical,
        request.exceptTemplates,
        request.onlyStarted,
      ],
    );
    return rows.map((row) => toClaim(row, request, claimedAtMonoMs)).sort((a, b) => a.dueAtMs - b.dueAtMs);
  }

  /** Deliveries that were due before then and are not claimed, and how many of them could have been. */
  async countOverdue(
    run: { readonly runDate: string; readonly runId: string },
    shardId: string,
    dueBeforeMs: number,
    filter: ClaimFilter,
  ): Promise<{ readonly due: number; readonly claimable: number }> {
    const [row] = await this.database.query<{ due: number; claimable: number }>(
      `select count(*) as due,
         count(*) filter (where (critical or not $5) and template <> all($6::text[]) and (attempt > spared or not $7)) as claimable
       from delivery where run_date = $1::date and run_id = $2 and shard_id = $3 and state = 'QUEUED' and due_at < ${instantOf('$4')}`,
      [run.runDate, run.runId, shardId, dueBeforeMs, filter.onlyCritical, filter.exceptTemplates, filter.onlyStarted],
    );
    return row ?? { due: 0, claimable: 0 };
  }

  /** How many recipients of a day a number has started, or is about to, by minute of their first POST (epoch minutes). Reads the whole day: not for every claim. */
  async startsByMinute(runDate: string, shardId: string): Promise<Map<number, number>> {
    const rows = await this.database.query<{ minute: number; n: number }>(
      `select floor(extract(epoch from coalesce(a.first_at, d.claimed_at, d.due_at)) / 60)::integer as minute, count(*) as n
       from delivery d
       left join (select delivery_id, min(started_at) as first_at from attempt where run_date = $1::date and shard_id = $2 group by delivery_id) a using (delivery_id)
       where d.run_date = $1::date and d.shard_id = $2 and d.attempt > d.spared
       group by 1`,
      [runDate, shardId],
    );
    return new Map(rows.map(({ minute, n }) => [minute, n]));
  }

  /** When the next delivery after `afterMs` is due; infinite when none is. */
  async nextDueAfter(run: { readonly runDate: string; readonly runId: string }, shardId: string, afterMs: number): Promise<number> {
    const [row] = await this.database.query<{ due_ms: number | null }>(
      `select ${msOf('min(due_at)')} as due_ms from delivery
       where run_date = $1::date and run_id = $2 and shard_id = $3 and state = 'QUEUED' and due_at > ${instantOf('$4')}`,
      [run.runDate, run.runId, shardId, afterMs],
    );
    return row?.due_ms ?? Number.POSITIVE_INFINITY;
  }
}

const toClaim = (row: ClaimedRow, request: ClaimRequest, claimedAtMonoMs: number): Claim => ({
  deliveryId: row.delivery_id,
  runId: row.run_id,
  runDate: request.runDate,
  recipientId: row.recipient_id,
  shardId: request.shardId,
  attempt: row.attempt,
  spared: row.spared,
  claimNumber: row.claim_number,
  epoch: request.epoch,
  dueAtMs: row.due_ms,
  claimedAtMs: request.nowMs,
  errorCode: row.error_code,
  sealedAddress: row.sealed_address,
  bodyParameters: row.body_parameters,
  contentId: row.content_id,
  critical: row.critical,
  consent:
    row.consent_state === null
      ? undefined
      : {
          state: row.consent_state,
          sinceMs: row.consent_since_ms ?? 0,
          ...(row.consent_until_ms === null ? {} : { pausedUntilMs: row.consent_until_ms }),
        },
  claimedAtMonoMs,
});
