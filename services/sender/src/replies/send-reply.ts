import { CloudApiClient, imageMessage, templateMessage, textMessage, type MessageRequest, type SendOutcome } from '@daybreak/cloud-api';
import { CLOCK } from '@daybreak/config';
import { encodeReference } from '@daybreak/delivery';
import { isAppError, type Clock } from '@daybreak/kernel';
import { LOGGER, metrics, type Logger } from '@daybreak/observability';
import { AddressSealer } from '@daybreak/privacy';
import { Inject, Injectable } from '@nestjs/common';
import { MediaIds } from '../media/media-ids.js';
import type { KnownShard } from '../shard/known-shard.js';
import { ReplyRepository, type ReplyClaim, type ReplyOutcome } from '../store/reply.repository.js';

/** Replies belong to no run; the reference still has a place for one. */
const REPLY_RUN_ID = 'reply';

const MOST_ATTEMPTS = 3;
const RETRY_MS = 5_000;

/** Posts one answer, and writes down what came of it. */
@Injectable()
export class SendReply {
  constructor(
    private readonly api: CloudApiClient,
    private readonly addresses: AddressSealer,
    private readonly mediaIds: MediaIds,
    private readonly replies: ReplyRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Never throws. A result that could not be written leaves its row claimed: it becomes ambiguous with the next owner, and is not sent again. */
  async post(reply: ReplyClaim, shard: KnownShard): Promise<void> {
    try {
      const outcome = await this.api.sendMessage(shard.phoneNumberId, this.compose(reply, shard.phoneNumberId));
      metrics.sendAttempts.inc({ shard_id: shard.shardId, outcome: outcome.kind.replace('-', '_'), code_class: 'reply' });
      await this.replies.settle(this.outcomeOf(reply, outcome));
    } catch (error) {
      const isWrongForEver = isAppError(error) && error.retry.kind === 'drop';
      const settled = isWrongForEver ? this.settled(reply, 'FAILED', 0, 'request') : undefined;
      this.logger.warn(
        { err: error, shardId: shard.shardId },
        settled ? 'a reply cannot be sent as it is' : 'the result of a reply could not be written',
      );
      if (settled)
        await this.replies
          .settle(settled)
          .catch((cause: unknown) => this.logger.warn({ err: cause }, 'the result of a reply could not be written'));
    }
  }

  /** Not posted: for the next look. */
  async handBack(reply: ReplyClaim): Promise<void> {
    await this.replies.settle(this.settled(reply, 'QUEUED', 0, ''));
  }

  /** They said STOP after it was asked for. */
  async suppress(reply: ReplyClaim): Promise<void> {
    await this.replies.settle(this.settled(reply, 'SUPPRESSED', 0, 'consent'));
  }

  private compose(reply: ReplyClaim, phoneNumberId: string): MessageRequest {
    const to = this.addresses.open(reply.sealedAddress, reply.recipientId);
    const { content } = reply;
    const reference = encodeReference({
      kind: content.kind === 'template' && content.isTest ? 't' : 'r',
      runId: REPLY_RUN_ID,
      deliveryId: reply.replyId,
      attempt: reply.attempt,
      epoch: reply.epoch,
    });
    switch (content.kind) {
      case 'text':
        return textMessage({ to, body: content.text, biz_opaque_callback_data: reference });
      case 'image': {
        const id = this.mediaIds.get(phoneNumberId, content.sha256);
        return imageMessage({ to, image: id === undefined ? { link: content.url } : { id }, biz_opaque_callback_data: reference });
      }
      case 'template':
        return templateMessage({
          to,
          template: content.name,
          language: content.language,
          bodyParameters: content.bodyParameters,
          ...(content.imageUrl === null ? {} : { header: { type: 'image', media: { link: content.imageUrl } } }),
          biz_opaque_callback_data: reference,
        });
    }
  }

  private outcomeOf(reply: ReplyClaim, outcome: SendOutcome): ReplyOutcome {
    switch (outcome.kind) {
      case 'accepted':
        return this.settled(reply, 'ACCEPTED', 0, '');
      case 'ambiguous':
        return this.settled(reply, 'AMBIGUOUS', outcome.error?.code ?? 0, '');
      case 'not-sent':
        return this.settled(reply, 'QUEUED', 0, '');
      case 'rejected': {
        const { code, retry, meaning } = outcome.error;
        const isOver = retry.kind === 'drop' || reply.attempt >= MOST_ATTEMPTS;
        return isOver ? this.settled(reply, 'FAILED', code ?? 0, meaning.fault) : this.settled(reply, 'QUEUED', code ?? 0, '');
      }
    }
  }

  private settled(reply: ReplyClaim, state: ReplyOutcome['state'], errorCode: number, reason: string): ReplyOutcome {
    const { replyId, attempt, epoch } = reply;
    return { replyId, attempt, epoch, state, dueAtMs: this.clock.nowMs() + RETRY_MS, errorCode, reason };
  }
}
