import { Database, type Sql } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import type { RequestedMessage, KnownMessage } from '../replies/message.js';
import { instantOf, msOf } from './instants.js';

/** What `reply.purpose` says of a message. */
export const MESSAGE_PURPOSE = 'message';

@Injectable()
export class MessageRepository {
  constructor(private readonly database: Database) {}

  /** Where the recipient was last sent to, and from which shard; undefined for somebody who is in no morning that is still kept, or was erased. */
  async lastDelivery(recipientId: string): Promise<{ shardId: string; sealedAddress: Uint8Array } | undefined> {
    const [row] = await this.database.query<{ shardId: string; sealedAddress: Buffer }>(
      `select shard_id as "shardId", sealed_address as "sealedAddress" from delivery
       where recipient_id = $1 and sealed_address <> '' order by run_date desc limit 1`,
      [recipientId],
    );
    return row;
  }

  /** What Meta says of a template at an account; undefined when it is not known there. */
  async templateStatus(wabaId: string, name: string, language: string): Promise<string | undefined> {
    const [row] = await this.database.query<{ status: string }>(
      `select w ->> 'status' as status from template_state, jsonb_array_elements(wabas) as w
       where name = $2 and language = $3 and w ->> 'wabaId' = $1 order by version desc limit 1`,
      [wabaId, name, language],
    );
    return row?.status;
  }

  /** False when it is there already. */
  async add(tx: Sql, message: RequestedMessage): Promise<boolean> {
    const added = await tx.execute(
      `insert into reply (reply_id, request_digest, phone_number_id, recipient_id, sealed_address, content, purpose, due_at, closes_at, requested_at)
       values ($1::uuid, $2, $3, $4, $5, $6::jsonb, $7, ${instantOf('$8')}, ${instantOf('$9')}, ${instantOf('$8')})
       on conflict do nothing`,
      [
        message.messageId,
        message.requestDigest,
        message.phoneNumberId,
        message.recipientId,
        message.sealedAddress,
        JSON.stringify(message.content),
        MESSAGE_PURPOSE,
        message.requestedAtMs,
        message.expiresAtMs,
      ],
    );
    return added > 0;
  }

  async find(messageId: string): Promise<KnownMessage | undefined> {
    const [row] = await this.database.query<KnownMessage>(
      `select reply_id as "messageId", request_digest as "requestDigest", phone_number_id as "phoneNumberId", recipient_id as "recipientId", content,
         state::text as state, attempt, error_code as "errorCode", reason, ${msOf('requested_at')} as "requestedAtMs"
       from reply where reply_id = $1::uuid and purpose = $2`,
      [messageId, MESSAGE_PURPOSE],
    );
    return row;
  }
}
