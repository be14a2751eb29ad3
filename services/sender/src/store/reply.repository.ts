import type { Purpose, PurposeConsent } from '@daybreak/consent';
import { Database } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import { instantOf, msOf } from './instants.js';

/** A message that an operator asked for: the only kind that may go outside the service window. */
export interface TemplateContent {
  readonly kind: 'template';
  readonly name: string;
  readonly language: string;
  readonly bodyParameters: Readonly<Record<string, string>> | readonly string[];
  readonly imageUrl: string | null;
  /** To an allow-listed test recipient. */
  readonly isTest: boolean;
}

/** What is said to somebody who wrote to us, or at an operator's word. */
export type ReplyContent =
  | {
      readonly kind: 'text';
      readonly text: string;
      /** By a machine: only to who said yes to that. */
      readonly aiWritten?: true;
    }
  | { readonly kind: 'image'; readonly sha256: string; readonly url: string }
  | TemplateContent;

/** The recipient's consent to a purpose as jsonb: what a PurposeConsent is; null when nothing is known. Both are SQL. */
const consentOf = (recipientId: string, purpose = `'content'`): string => `(
  select jsonb_strip_nulls(jsonb_build_object('state', c.state, 'sinceMs', ${msOf('c.since')}, 'pausedUntilMs', ${msOf('c.paused_until')}))
  from consent c where c.recipient_id = ${recipientId} and c.purpose = ${purpose})`;

export interface RequestedReply {
  readonly replyId: string;
  readonly phoneNumberId: string;
  readonly recipientId: string;
  readonly sealedAddress: Uint8Array;
  readonly content: ReplyContent;
  readonly purpose: string;
  readonly closesAtMs: number;
  readonly requestedAtMs: number;
}

/** A reply that this process has claimed. */
export interface ReplyClaim {
  readonly replyId: string;
  readonly recipientId: string;
  readonly sealedAddress: Uint8Array;
  readonly content: ReplyContent;
  readonly purpose: string;
  readonly attempt: number;
  readonly epoch: number;
  readonly closesAtMs: number;
  /** As it was when it was claimed; null when nothing is known. Answers need none, messages do. */
  readonly consent: PurposeConsent | null;
  /** `performance.now()` before the claim was asked for. */
  readonly claimedAtMonoMs: number;
}

export interface ReplyOutcome {
  readonly replyId: string;
  readonly attempt: number;
  readonly epoch: number;
  readonly state: 'ACCEPTED' | 'AMBIGUOUS' | 'QUEUED' | 'FAILED' | 'SUPPRESSED' | 'EXPIRED';
  readonly dueAtMs: number;
  readonly errorCode: number;
  readonly reason: string;
}

/** Answers to people, a few a minute. An answer that may have gone out is never sent again: nobody misses a second confirmation. */
@Injectable()
export class ReplyRepository {
  constructor(private readonly database: Database) {}

  async add(replies: readonly RequestedReply[]): Promise<void> {
    await this.database.execute(
      `insert into reply (reply_id, phone_number_id, recipient_id, sealed_address, content, purpose, due_at, closes_at, requested_at)
       select r.reply_id, r.phone_number_id, r.recipient_id, r.sealed_address, r.content, r.purpose, ${instantOf('r.requested_ms')}, ${instantOf('r.closes_ms')}, ${instantOf('r.requested_ms')}
       from unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::jsonb[], $6::text[], $7::float8[], $8::float8[])
         as r (reply_id, phone_number_id, recipient_id, sealed_address, content, purpose, closes_ms, requested_ms)
       on conflict do nothing`,
      [
        replies.map((reply) => reply.replyId),
        replies.map((reply) => reply.phoneNumberId),
        replies.map((reply) => reply.recipientId),
        replies.map((reply) => reply.sealedAddress),
        replies.map((reply) => JSON.stringify(reply.content)),
        replies.map((reply) => reply.purpose),
        replies.map((reply) => reply.closesAtMs),
        replies.map((reply) => reply.requestedAtMs),
      ],
    );
  }

  /** Due replies of a number, if the lease is still its owner's. What a dead owner had claimed is ambiguous, what is too late expires. */
  async claim(request: {
    shardId: string;
    phoneNumberId: string;
    epoch: number;
    owner: string;
    nowMs: number;
    limit: number;
  }): Promise<ReplyClaim[]> {
    const claimedAtMonoMs = performance.now();
    const rows = await this.database.query<Omit<ReplyClaim, 'claimedAtMonoMs' | 'epoch'>>(
      `with lease as materialized (
         select 1 from shard_lease where shard_id = $1 and epoch = $3 and owner = $4 and expires_at > clock_timestamp() for share
       ), orphaned as (
         update reply set state = 'AMBIGUOUS' where phone_number_id = $2 and state = 'CLAIMED' and epoch < $3 and exists (select from lease)
       ), late as (
         update reply set state = 'EXPIRED', reason = 'too-late' where phone_number_id = $2 and state = 'QUEUED' and closes_at <= ${instantOf('$5')} and exists (select from lease)
       ), due as (
         select reply_id from reply
         where phone_number_id = $2 and state = 'QUEUED' and due_at <= ${instantOf('$5')} and closes_at > ${instantOf('$5')} and exists (select from lease)
         order by due_at limit $6 for update skip locked
       )
       update reply r set state = 'CLAIMED', attempt = r.attempt + 1, epoch = $3, claimed_at = ${instantOf('$5')}
       from due where r.reply_id = due.reply_id
       returning r.reply_id as "replyId", r.recipient_id as "recipientId", r.sealed_address as "sealedAddress", r.content, r.purpose, r.attempt,
         ${msOf('r.closes_at')} as "closesAtMs", ${consentOf('r.recipient_id')} as consent`,
      [request.shardId, request.phoneNumberId, request.epoch, request.owner, request.nowMs, request.limit],
    );
    return rows.map((row) => ({ ...row, epoch: request.epoch, claimedAtMonoMs }));
  }

  /** As it is now; null when nothing is known. */
  async consent(recipientId: string, purpose: Purpose): Promise<PurposeConsent | null> {
    const [row] = await this.database.query<{ consent: PurposeConsent | null }>(`select ${consentOf('$1::text', '$2::text')} as consent`, [
      recipientId,
      purpose,
    ]);
    return row?.consent ?? null;
  }

  async settle(outcome: ReplyOutcome): Promise<void> {
    await this.database.execute(
      `update reply set state = $4::delivery_state, due_at = ${instantOf('$5')}, error_code = $6, reason = $7, sealed_address = case when $4 = 'QUEUED' then sealed_address else '' end
       where reply_id = $1 and attempt = $2 and epoch = $3 and state in ('CLAIMED', 'AMBIGUOUS')`,
      [outcome.replyId, outcome.attempt, outcome.epoch, outcome.state, outcome.dueAtMs, outcome.errorCode, outcome.reason],
    );
  }

  /** Meta spoke of them: they were accepted. */
  async proven(replyIds: readonly string[]): Promise<void> {
    await this.database.execute(
      `update reply set state = 'ACCEPTED', sealed_address = '' where reply_id = any($1::uuid[]) and state in ('CLAIMED', 'AMBIGUOUS', 'QUEUED')`,
      [replyIds],
    );
  }

  /** Returns how many it forgot. */
  async forgetBefore(requestedBeforeMs: number): Promise<number> {
    return this.database.execute(`delete from reply where requested_at < ${instantOf('$1')}`, [requestedBeforeMs]);
  }
}
