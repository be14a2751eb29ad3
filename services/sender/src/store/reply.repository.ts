import type { Purpose, PurposeConsent } from '@daybreak/consent';
import { Database } from '@daybreak/database';
import type { DeliveryState } from '@daybreak/delivery';
import { Injectable } from '@nestjs/common';
import type { Settlement } from '../delivery/delivery-record.js';
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
  /** POSTs that Meta refused unseen. */
  readonly spared: number;
  readonly epoch: number;
  readonly closesAtMs: number;
  /** As it was when it was claimed; null when nothing is known. Answers need none, messages do. */
  readonly consent: PurposeConsent | null;
  /** `performance.now()` before the claim was asked for. */
  readonly claimedAtMonoMs: number;
}

export interface ReplyClaimRequest {
  readonly shardId: string;
  readonly phoneNumberId: string;
  readonly epoch: number;
  readonly owner: string;
  readonly nowMs: number;
  /** 0: nothing new, only what became loose is put in order. */
  readonly limit: number;
  /** Ids of what this owner has in hand. */
  readonly held: readonly string[];
}

/** What becomes of a claimed reply. */
export interface ReplyOutcome {
  readonly claim: Pick<ReplyClaim, 'replyId' | 'attempt' | 'epoch'>;
  readonly settlement: Settlement;
}

/** How long a reply is left alone that its owner let go: something stands still. Clock ms. */
const LEFT_ALONE_MS = 5_000;

const STATE_AFTER: Readonly<Record<Settlement['kind'], DeliveryState>> = {
  accepted: 'ACCEPTED',
  again: 'QUEUED',
  'not-posted': 'QUEUED',
  ambiguous: 'AMBIGUOUS',
  failed: 'FAILED',
  expired: 'EXPIRED',
  suppressed: 'SUPPRESSED',
};

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

  /**
   * Due replies of a number, if the lease is still its owner's. What is claimed and in nobody's hands (its owner died, or let it go) is queued
   * again if no POST of it had begun, and ambiguous if one had; what is too late expires.
   */
  async claim(request: ReplyClaimRequest): Promise<ReplyClaim[]> {
    const claimedAtMonoMs = performance.now();
    const rows = await this.database.query<Omit<ReplyClaim, 'claimedAtMonoMs' | 'epoch'>>(
      `with lease as materialized (
         select 1 from shard_lease where shard_id = $1 and epoch = $3 and owner = $4 and expires_at > clock_timestamp() for share
       ), loose as (
         update reply set
           state = case when begun then 'AMBIGUOUS' else 'QUEUED' end::delivery_state,
           attempt = case when begun then attempt else attempt - 1 end,
           due_at = case when epoch = $3 then greatest(due_at, ${instantOf('$5')} + $8 * interval '1 ms') else due_at end,
           begun = true
         where phone_number_id = $2 and state = 'CLAIMED' and (epoch < $3 or (epoch = $3 and reply_id <> all($7::uuid[]))) and exists (select from lease)
       ), late as (
         update reply set state = 'EXPIRED', reason = 'too-late' where phone_number_id = $2 and state = 'QUEUED' and closes_at <= ${instantOf('$5')} and exists (select from lease)
       ), due as (
         select reply_id from reply
         where phone_number_id = $2 and state = 'QUEUED' and due_at <= ${instantOf('$5')} and closes_at > ${instantOf('$5')} and exists (select from lease)
         order by due_at limit $6 for update skip locked
       )
       update reply r set state = 'CLAIMED', attempt = r.attempt + 1, begun = false, epoch = $3, claimed_at = ${instantOf('$5')}
       from due where r.reply_id = due.reply_id
       returning r.reply_id as "replyId", r.recipient_id as "recipientId", r.sealed_address as "sealedAddress", r.content, r.purpose, r.attempt, r.spared,
         ${msOf('r.closes_at')} as "closesAtMs", ${consentOf('r.recipient_id')} as consent`,
      [request.shardId, request.phoneNumberId, request.epoch, request.owner, request.nowMs, request.limit, request.held, LEFT_ALONE_MS],
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

  /** The POST of a claim is about to begin. False when the claim is not its owner's any more: then there is no POST. */
  async begin({ replyId, attempt, epoch }: ReplyOutcome['claim'], owner: string, shardId: string): Promise<boolean> {
    const begun = await this.database.execute(
      `with lease as materialized (
         select 1 from shard_lease where shard_id = $5 and epoch = $3 and owner = $4 and expires_at > clock_timestamp() for share
       )
       update reply set begun = true where reply_id = $1 and attempt = $2 and epoch = $3 and state = 'CLAIMED' and exists (select from lease)`,
      [replyId, attempt, epoch, owner, shardId],
    );
    return begun > 0;
  }

  async settle({ claim, settlement }: ReplyOutcome): Promise<void> {
    const dueAtMs = 'dueAtMs' in settlement ? settlement.dueAtMs : null;
    await this.database.execute(
      `update reply set state = $4::delivery_state, due_at = coalesce(${instantOf('$5')}, due_at), error_code = $6, reason = $7, attempt = attempt - $8,
         spared = spared + $9, begun = true, sealed_address = case when $4 = 'QUEUED' then sealed_address else '' end
       where reply_id = $1 and attempt = $2 and epoch = $3 and state in ('CLAIMED', 'AMBIGUOUS')`,
      [
        claim.replyId,
        claim.attempt,
        claim.epoch,
        STATE_AFTER[settlement.kind],
        dueAtMs,
        'errorCode' in settlement ? settlement.errorCode : 0,
        'reason' in settlement ? settlement.reason : '',
        settlement.kind === 'not-posted' ? 1 : 0,
        settlement.kind === 'again' && settlement.spared ? 1 : 0,
      ],
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
