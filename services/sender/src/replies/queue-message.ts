import { CLOCK } from '@daybreak/config';
import { Database } from '@daybreak/database';
import { canonicalJson, drop, sha256Hex, uuidV5, type Clock } from '@daybreak/kernel';
import { Inject, Injectable } from '@nestjs/common';
import { AuditPublisher } from '../outbound/audit.publisher.js';
import { MessageRepository } from '../store/message.repository.js';
import type { MessageOrder } from './message-order.js';
import { MessageRecipients } from './message-recipients.js';
import { MessageRoutes } from './message-routes.js';
import type { KnownMessage, RequestedMessage } from './message.js';

/** "Now" does not mean in half an hour: a message that could not start by then expires. Clock ms. */
const MESSAGE_LIFE_MS = 10 * 60_000;

export interface QueuedMessage {
  readonly message: KnownMessage;
  /** The same request came before: nothing was queued again. */
  readonly repeated: boolean;
}

/** One message at an operator's word. It waits among the replies and goes by the same claim, throttle and last looks. */
@Injectable()
export class QueueMessage {
  constructor(
    private readonly database: Database,
    private readonly messages: MessageRepository,
    private readonly recipients: MessageRecipients,
    private readonly routes: MessageRoutes,
    private readonly audit: AuditPublisher,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param key names the request: the same one again is the same message */
  async queue(order: MessageOrder, key: string, actor: string): Promise<QueuedMessage> {
    const messageId = uuidV5(`message/${actor}/${key}`);
    const requestDigest = sha256Hex(canonicalJson({ ...order, address: order.address !== undefined, shardId: order.shardId ?? null }));
    const before = await this.messages.find(messageId);
    if (before) return this.repeated(before, requestDigest);
    const recipient = await this.recipients.find(order);
    const shard = await this.routes.choose(order, recipient.shardId);
    const nowMs = this.clock.nowMs();
    await this.database.transaction((tx) =>
      this.add(
        tx,
        {
          messageId,
          requestDigest,
          phoneNumberId: shard.phoneNumberId,
          recipientId: order.recipientId,
          sealedAddress: recipient.sealedAddress,
          content: { kind: 'template', ...order.template, isTest: recipient.isTest },
          requestedAtMs: nowMs,
          expiresAtMs: nowMs + MESSAGE_LIFE_MS,
        },
        shard.shardId,
        actor,
      ),
    );
    const queued = await this.messages.find(messageId);
    if (!queued) throw new Error('a message that was just queued is not there');
    return { message: queued, repeated: false };
  }

  find(messageId: string): Promise<KnownMessage | undefined> {
    return this.messages.find(messageId);
  }

  private async add(tx: Parameters<MessageRepository['add']>[0], message: RequestedMessage, shardId: string, actor: string): Promise<void> {
    const isNew = await this.messages.add(tx, message);
    if (!isNew) return; // the same request a moment ago, by another pod: it is told of there
    const { name, language, isTest } = message.content;
    await this.audit.recorded(tx, {
      actor,
      action: isTest ? 'test-message.queued' : 'message.queued',
      object: `message/${message.messageId}`,
      details: { recipient_id: message.recipientId, shard_id: shardId, template: `${name}/${language}` },
      atMs: message.requestedAtMs,
    });
  }

  private repeated(message: KnownMessage, requestDigest: string): QueuedMessage {
    if (message.requestDigest !== requestDigest) throw drop('this Idempotency-Key was used for another message');
    return { message, repeated: true };
  }
}
