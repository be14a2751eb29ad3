import type { Sql } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import type { Attempt } from '../delivery/attempt.js';
import type { DeliveryRecord } from '../delivery/delivery-record.js';
import { eachBy } from './each-by.js';
import { instantOf, msOf } from './instants.js';

/** Which rows to lock. Always of one run date: its partition is the only one that is looked at. */
export type Selection =
  | { readonly deliveryIds: readonly string[] }
  /** Deliveries of which a webhook proved these POSTs, where that says anything new. */
  | { readonly proofs: readonly { readonly deliveryId: string; readonly attempt: number }[] }
  /** Waiting deliveries of people to whom nothing may be sent any more. */
  | { readonly recipientIds: readonly string[] }
  /** Waiting deliveries of packs that were recalled. */
  | { readonly contentPackIds: readonly string[]; readonly limit: number }
  | { readonly shardId: string; readonly runId: string; readonly unsettled: Unsettled; readonly limit: number };

export type Unsettled =
  /** Waiting for an attempt. */
  | { readonly kind: 'queued' }
  /** Claimed under an older epoch, or so long ago that its owner must have lost it. */
  | { readonly kind: 'abandoned'; readonly epoch: number; readonly claimedBeforeMs: number }
  /** Ambiguous, and due for a decision. */
  | { readonly kind: 'unresolved'; readonly resolveBeforeMs: number };

const RECORD = `
  delivery_id as "deliveryId", run_id as "runId", recipient_id as "recipientId", shard_id as "shardId", state::text as state,
  attempt, spared, claim_number as "claimNumber", epoch, ${msOf('due_at')} as "dueAtMs", ${msOf('claimed_at')} as "claimedAtMs", ${msOf('resolve_at')} as "resolveAtMs",
  observed_attempt as "observedAttempt", accepted_attempt as "acceptedAttempt", wamid_hash as "wamidHash", error_code as "errorCode", reason`;

/** Of an update: what the rows become. */
const VALUES = `
  state = s.state, attempt = s.attempt, spared = s.spared, due_at = ${instantOf('s.due_ms')}, claimed_at = ${instantOf('s.claimed_ms')},
  resolve_at = ${instantOf('s.resolve_ms')}, observed_attempt = s.observed_attempt, accepted_attempt = s.accepted_attempt,
  wamid_hash = s.wamid_hash, error_code = s.error_code, reason = s.reason`;

/** The records of `paramsOf`, as a table. Parameter 1 is the run date. */
const GIVEN = `
  unnest($2::uuid[], $3::delivery_state[], $4::smallint[], $5::smallint[], $6::float8[], $7::float8[], $8::float8[], $9::smallint[],
    $10::smallint[], $11::text[], $12::integer[], $13::text[], $14::integer[], $15::bigint[])
    as s (delivery_id, state, attempt, spared, due_ms, claimed_ms, resolve_ms, observed_attempt, accepted_attempt, wamid_hash, error_code, reason,
      claim_number, epoch)`;

function paramsOf(runDate: string, records: readonly DeliveryRecord[]): unknown[] {
  const column = <K extends keyof DeliveryRecord>(name: K): DeliveryRecord[K][] => records.map((record) => record[name]);
  return [
    runDate,
    column('deliveryId'),
    column('state'),
    column('attempt'),
    column('spared'),
    column('dueAtMs'),
    column('claimedAtMs'),
    column('resolveAtMs'),
    column('observedAttempt'),
    column('acceptedAttempt'),
    column('wamidHash'),
    column('errorCode'),
    column('reason'),
    column('claimNumber'),
    column('epoch'),
  ];
}

/** What one POST was made of: whom to blame when it fails after the fact. */
export interface PostBehind {
  readonly deliveryId: string;
  readonly runId: string;
  readonly shardId: string;
  readonly phoneNumberId: string;
  /** `name/language`. */
  readonly template: string;
  /** Hash of the header image. */
  readonly asset: string | null;
}

/** The rows that are the deliveries: locks them, reads them, writes them. Decides nothing. */
@Injectable()
export class DeliveryRepository {
  /** Locked in the order of their ids, so that two transactions over the same rows wait for each other instead of deadlocking. */
  async lock(tx: Sql, runDate: string, selection: Selection): Promise<DeliveryRecord[]> {
    if ('deliveryIds' in selection) {
      return tx.query<DeliveryRecord>(
        `select ${RECORD} from delivery where run_date = $1::date and delivery_id = any($2::uuid[]) order by delivery_id for update`,
        [runDate, selection.deliveryIds],
      );
    }
    if ('proofs' in selection) {
      return tx.query<DeliveryRecord>(
        `select ${RECORD} from delivery
         where run_date = $1::date and delivery_id = any(array(
           select p.id from unnest($2::uuid[], $3::smallint[]) as p (id, nth) ${eachBy('p.id', 'state, accepted_attempt')} d
           where d.state <> 'ACCEPTED' or d.accepted_attempt <> p.nth
         ))
         order by delivery_id for update`,
        [runDate, selection.proofs.map((proof) => proof.deliveryId), selection.proofs.map((proof) => proof.attempt)],
      );
    }
    if ('recipientIds' in selection) {
      return tx.query<DeliveryRecord>(
        `select ${RECORD} from delivery where run_date = $1::date and recipient_id = any($2::text[]) and state = 'QUEUED' order by delivery_id for update`,
        [runDate, selection.recipientIds],
      );
    }
    if ('contentPackIds' in selection) {
      return tx.query<DeliveryRecord>(
        `select ${RECORD} from delivery where run_date = $1::date and state = 'QUEUED'
           and content_id in (select content_id from content where body ->> 'contentPackId' = any($2::text[]))
         order by delivery_id limit $3 for update`,
        [runDate, selection.contentPackIds, selection.limit],
      );
    }
    const { unsettled } = selection;
    const first = [runDate, selection.shardId, selection.runId, selection.limit];
    const those = (condition: string, ...params: readonly unknown[]): Promise<DeliveryRecord[]> =>
      tx.query<DeliveryRecord>(
        `select ${RECORD} from delivery
         where run_date = $1::date and shard_id = $2 and run_id = $3 and ${condition}
         order by delivery_id limit $4 for update`,
        [...first, ...params],
      );
    switch (unsettled.kind) {
      case 'queued':
        return those(`state = 'QUEUED'`);
      case 'abandoned':
        return those(`state = 'CLAIMED' and (epoch < $5 or claimed_at < ${instantOf('$6')})`, unsettled.epoch, unsettled.claimedBeforeMs);
      case 'unresolved':
        return those(`state = 'AMBIGUOUS' and resolve_at <= ${instantOf('$5')}`, unsettled.resolveBeforeMs);
    }
  }

  /** Rows that are locked. */
  async write(tx: Sql, runDate: string, records: readonly DeliveryRecord[]): Promise<void> {
    if (records.length === 0) return;
    await tx.execute(
      `update delivery d set ${VALUES} from ${GIVEN} ${eachBy('s.delivery_id', 'ctid as place')} found
       where d.run_date = $1::date and d.ctid = found.place`, // they are locked: their places are their own
      paramsOf(runDate, records),
    );
  }

  /**
   * Claimed rows, where they still are as they were claimed. Resolves with the ids of those; the others have changed, and are only locked. One
   * statement instead of two, and no row is read only to be decided of again. Locked in the order in which `lock` locks.
   */
  async writeIfUntouched(tx: Sql, runDate: string, records: readonly DeliveryRecord[]): Promise<Set<string>> {
    if (records.length === 0) return new Set();
    const rows = await tx.query<{ id: string }>(
      `with locked as materialized (
         select s.*, d.place,
           d.state = 'CLAIMED' and d.claim_number = s.claim_number and d.epoch = s.epoch and d.observed_attempt = 0 as untouched
         from (select * from ${GIVEN} order by delivery_id) s
         ${eachBy('s.delivery_id', 'ctid as place, state, claim_number, epoch, observed_attempt', 'for update')} d
       )
       update delivery d set ${VALUES} from locked s where d.run_date = $1::date and d.ctid = s.place and s.untouched
       returning d.delivery_id as id`,
      paramsOf(runDate, records),
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** A POST that was called ambiguous is overwritten by what is known of it later. */
  async writeAttempts(tx: Sql, runDate: string, attempts: readonly Attempt[]): Promise<void> {
    if (attempts.length === 0) return;
    const column = <K extends keyof Attempt>(name: K): Attempt[K][] => attempts.map((attempt) => attempt[name]);
    await tx.execute(
      `insert into attempt (run_date, delivery_id, attempt, epoch, shard_id, phone_number_id, outcome, http_status, error_code, fault, template,
         started_at, finished_at, wamid_hash)
       select $1::date, a.delivery_id, a.attempt, a.epoch, a.shard_id, a.phone_number_id, a.outcome, a.http_status, a.error_code, a.fault, a.template,
         ${instantOf('a.started_ms')}, ${instantOf('a.finished_ms')}, a.wamid_hash
       from unnest($2::uuid[], $3::smallint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::smallint[], $9::integer[], $10::text[],
         $11::text[], $12::float8[], $13::float8[], $14::text[])
         as a (delivery_id, attempt, epoch, shard_id, phone_number_id, outcome, http_status, error_code, fault, template, started_ms, finished_ms, wamid_hash)
       on conflict (run_date, delivery_id, attempt) do update set
         outcome = excluded.outcome, http_status = excluded.http_status, error_code = excluded.error_code, fault = excluded.fault,
         template = excluded.template, started_at = excluded.started_at, finished_at = excluded.finished_at, wamid_hash = excluded.wamid_hash
       where attempt.outcome = 'ambiguous'`,
      [
        runDate,
        column('deliveryId'),
        column('attempt'),
        column('epoch'),
        column('shardId'),
        column('phoneNumberId'),
        column('outcome'),
        column('httpStatus'),
        column('errorCode'),
        column('fault'),
        column('template'),
        column('startedAtMs'),
        column('finishedAtMs'),
        column('wamidHash'),
      ],
    );
  }

  /** When the given POSTs started, by delivery, as far as they were written down. */
  async startsOf(
    tx: Sql,
    runDate: string,
    posts: readonly { readonly deliveryId: string; readonly attempt: number }[],
  ): Promise<Map<string, number>> {
    if (posts.length === 0) return new Map();
    const rows = await tx.query<{ delivery_id: string; started_ms: number }>(
      `select a.delivery_id, ${msOf('a.started_at')} as started_ms
       from unnest($2::uuid[], $3::smallint[]) as p (delivery_id, attempt)
       cross join lateral (
         select delivery_id, started_at from attempt where run_date = $1::date and delivery_id = p.delivery_id and attempt = p.attempt limit 1
       ) a`,
      [runDate, posts.map((post) => post.deliveryId), posts.map((post) => post.attempt)],
    );
    return new Map(rows.map((row) => [row.delivery_id, row.started_ms]));
  }

  /** Rows that should have been claimed by now. */
  async countDue(
    sql: Sql,
    run: { readonly runDate: string; readonly runId: string },
    shardId: string,
    dueBeforeMs: number,
  ): Promise<number> {
    const [row] = await sql.query<{ n: number }>(
      `select count(*) as n from delivery
       where run_date = $1::date and run_id = $2 and shard_id = $3 and state = 'QUEUED' and due_at < ${instantOf('$4')}`,
      [run.runDate, run.runId, shardId, dueBeforeMs],
    );
    return row?.n ?? 0;
  }

  /** An erased recipient: their address goes at once, from every morning that is still kept. */
  async forgetAddresses(sql: Sql, recipientIds: readonly string[]): Promise<void> {
    await sql.execute(
      `update delivery set sealed_address = '', body_parameters = '{}' where recipient_id = any($1::text[]) and sealed_address <> ''`,
      [recipientIds],
    );
  }

  /** What the given POSTs were made of, as far as they were written down. */
  async postsBehind(
    sql: Sql,
    runDate: string,
    posts: readonly { readonly deliveryId: string; readonly attempt: number }[],
  ): Promise<PostBehind[]> {
    return sql.query<PostBehind>(
      `select a.delivery_id as "deliveryId", d.run_id as "runId", a.shard_id as "shardId", a.phone_number_id as "phoneNumberId", a.template,
         c.body->'headerMedia'->>'sha256' as asset
       from unnest($2::uuid[], $3::smallint[]) as p (delivery_id, attempt)
       cross join lateral (
         select delivery_id, shard_id, phone_number_id, template from attempt
         where run_date = $1::date and delivery_id = p.delivery_id and attempt = p.attempt limit 1
       ) a
       ${eachBy('p.delivery_id', 'run_id, content_id')} d
       left join content c on c.content_id = d.content_id`,
      [runDate, posts.map((post) => post.deliveryId), posts.map((post) => post.attempt)],
    );
  }
}
