import { CloudApiClient, imageMessage, templateMessage, textMessage, type MessageRequest, type SendOutcome } from '@daybreak/cloud-api';
import { CLOCK } from '@daybreak/config';
import { encodeReference } from '@daybreak/delivery';
import { newEventId, seededRandom, type Clock } from '@daybreak/kernel';
import { LOGGER, metrics, type Logger } from '@daybreak/observability';
import { AddressSealer } from '@daybreak/privacy';
import { sendWindowFrom } from '@daybreak/timing';
import { Inject, Injectable } from '@nestjs/common';
import { templateKeyOf } from '../delivery/claim.js';
import type { Settlement } from '../delivery/delivery-record.js';
import { reasonOf } from '../delivery/reason-of.js';
import { blamesMedia, settleAttempt } from '../delivery/settle-attempt.js';
import { MediaIds } from '../media/media-ids.js';
import type { KnownShard } from '../shard/known-shard.js';
import type { Learnt } from '../states/breakers.js';
import type { ReplyClaim } from '../store/reply.repository.js';

/** Replies belong to no run; the reference still has a place for one. */
const REPLY_RUN_ID = 'reply';

const MOST_ATTEMPTS = 3;
const SERVICE_WINDOW_MS = 24 * 3_600_000;

/** What became of one claimed reply. */
export interface SentReply {
  readonly settlement: Settlement;
  /** What it says of everybody behind the same number, template, account; absent when nothing was posted. */
  readonly learnt?: Learnt;
}

/** Posts one answer, and says what came of it, by the same rules as for a delivery. Never throws. */
@Injectable()
export class SendReply {
  private readonly random = seededRandom(newEventId());

  constructor(
    private readonly api: CloudApiClient,
    private readonly addresses: AddressSealer,
    private readonly mediaIds: MediaIds,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @param mayStart asked right before the first byte leaves */
  async post(reply: ReplyClaim, shard: KnownShard, mayStart: () => boolean): Promise<SentReply> {
    const mediaId = this.mediaIdOf(reply, shard.phoneNumberId);
    let request: MessageRequest;
    try {
      request = this.compose(reply, mediaId);
    } catch (error) {
      // An address that does not open, a content that an older release wrote otherwise: wrong for ever, and nothing was posted.
      this.logger.warn({ shardId: shard.shardId, replyId: reply.replyId, reason: reasonOf(error) }, 'a reply cannot be sent as it is');
      return { settlement: { kind: 'failed', reason: 'request', errorCode: 0 } };
    }
    const outcome = await this.api.sendMessage(shard.phoneNumberId, request, mayStart);
    metrics.sendAttempts.inc({ shard_id: shard.shardId, outcome: outcome.kind.replace('-', '_'), code_class: 'reply' });
    const asset = reply.content.kind === 'image' && mediaId !== undefined ? reply.content.sha256 : undefined;
    if (asset !== undefined && outcome.kind === 'rejected' && blamesMedia(outcome.error)) this.mediaIds.forget(shard.phoneNumberId, asset);
    return {
      settlement: this.settlementOf(reply, outcome, asset !== undefined),
      learnt: { target: targetOf(reply, shard, asset), outcome },
    };
  }

  private settlementOf(reply: ReplyClaim, outcome: SendOutcome, byMediaId: boolean): Settlement {
    const nowMs = this.clock.nowMs();
    const { closesAtMs } = reply;
    const opensAt = closesAtMs - SERVICE_WINDOW_MS;
    return settleAttempt(reply, outcome, () => '', {
      nowMs,
      // Its service window; nobody counts when it arrives.
      window: sendWindowFrom({
        freezeAt: opensAt,
        stagedBy: opensAt,
        opensAt,
        firstAttemptsEndAt: closesAtMs,
        closesAt: closesAtMs,
        deadlineAt: Number.POSITIVE_INFINITY,
        liveSealAt: closesAtMs,
        finalSealAt: closesAtMs,
      }),
      latePolicy: 'none',
      maxAttempts: MOST_ATTEMPTS,
      resolveAfterMs: 0, // no policy sends it again: only a webhook settles it
      byMediaId,
      random: this.random,
    });
  }

  private mediaIdOf({ content }: ReplyClaim, phoneNumberId: string): string | undefined {
    return content.kind === 'image' ? this.mediaIds.get(phoneNumberId, content.sha256) : undefined;
  }

  private compose(reply: ReplyClaim, mediaId: string | undefined): MessageRequest {
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
      case 'image':
        return imageMessage({
          to,
          image: mediaId === undefined ? { link: content.url } : { id: mediaId },
          biz_opaque_callback_data: reference,
        });
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
}

const targetOf = ({ content }: ReplyClaim, shard: KnownShard, asset: string | undefined): Learnt['target'] => ({
  shardId: shard.shardId,
  phoneNumberId: shard.phoneNumberId,
  wabaId: shard.wabaId,
  ...(content.kind === 'template' ? { template: templateKeyOf(content) } : {}),
  asset,
});
