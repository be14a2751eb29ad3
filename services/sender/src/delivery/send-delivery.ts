import { CloudApiClient, type MediaSource, type MessageRequest, type SendOutcome } from '@daybreak/cloud-api';
import { CLOCK, CONFIG, failpoint } from '@daybreak/config';
import { newEventId, seededRandom, type Clock } from '@daybreak/kernel';
import { LOGGER, metrics, type Logger } from '@daybreak/observability';
import { AddressSealer, WamidKeyer } from '@daybreak/privacy';
import type { SendWindow } from '@daybreak/timing';
import { Inject, Injectable } from '@nestjs/common';
import { MediaIds } from '../media/media-ids.js';
import type { AttemptedFact } from '../outbound/delivery-events.publisher.js';
import type { SenderConfig } from '../sender.config.js';
import type { KnownShard } from '../shard/known-shard.js';
import { templateKeyOf, type Claim, type Content, type TemplateFilling } from './claim.js';
import { composeMessage } from './compose-message.js';
import type { Settlement } from './delivery-record.js';
import { reasonOf } from './reason-of.js';
import type { ClaimResult } from './result-writer.js';
import { blamesMedia, settleAttempt, type SettleContext } from './settle-attempt.js';

/** A delivery that passed its last checks, with what it goes out by. */
export interface Posting {
  readonly claim: Claim;
  readonly content: Content;
  /** The planned template, or its standby. */
  readonly template: TemplateFilling;
  readonly shard: KnownShard;
  readonly window: SendWindow;
  /** Asked once more before the first byte leaves: a process may be stopped between the last checks and the socket. */
  readonly mayStart: () => boolean;
}

/** What became of one claim; `outcome` when a POST was tried. */
export interface Sent {
  readonly result: ClaimResult;
  readonly outcome?: SendOutcome;
  /** Hash of the image that was sent by id. */
  readonly asset?: string | undefined;
}

/** Opens the address, makes the request, posts it once, and says what that means. Never throws. */
@Injectable()
export class SendDelivery {
  @Inject(LOGGER) private readonly logger!: Logger;
  private readonly limits: Pick<SettleContext, 'latePolicy' | 'maxAttempts' | 'resolveAfterMs' | 'random'>;

  constructor(
    private readonly api: CloudApiClient,
    private readonly addresses: AddressSealer,
    private readonly wamids: WamidKeyer,
    private readonly mediaIds: MediaIds,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) config: Pick<SenderConfig, 'LATE_POLICY' | 'MAX_ATTEMPTS' | 'RESOLVE_AFTER_SECONDS'>,
  ) {
    this.limits = {
      latePolicy: config.LATE_POLICY,
      maxAttempts: config.MAX_ATTEMPTS,
      resolveAfterMs: config.RESOLVE_AFTER_SECONDS * 1_000,
      random: seededRandom(newEventId()),
    };
  }

  async post(posting: Posting): Promise<Sent> {
    const { claim, content, shard, window } = posting;
    const media = this.mediaOf(content, shard.phoneNumberId);
    const asset = media && 'id' in media ? content.headerMedia?.sha256 : undefined;
    const request = this.requestOf(posting, media);
    // An address that does not open, a parameter that does not fit: wrong for ever, and nothing was posted.
    if (!request) return { result: { claim, settlement: { kind: 'failed', reason: 'request', errorCode: 0 } } };

    const startedAtMs = this.clock.nowMs();
    const startedAtMonoMs = performance.now();
    if (claim.attempt === 1) metrics.sendDueError.observe({ shard_id: claim.shardId }, Math.max(0, startedAtMs - claim.dueAtMs) / 1_000);
    failpoint('sender.before-post');
    const outcome = await this.api.sendMessage(shard.phoneNumberId, request, posting.mayStart);
    failpoint('sender.after-post');
    metrics.sendDuration.observe({ shard_id: claim.shardId }, (performance.now() - startedAtMonoMs) / 1_000);
    metrics.sendAttempts.inc({ shard_id: claim.shardId, outcome: outcomeWord(outcome), code_class: codeClassOf(outcome) });

    const nowMs = this.clock.nowMs();
    if (asset !== undefined && outcome.kind === 'rejected' && blamesMedia(outcome.error)) this.mediaIds.forget(shard.phoneNumberId, asset);
    const context: SettleContext = { nowMs, window, byMediaId: asset !== undefined, ...this.limits };
    const settlement = settleAttempt(claim, outcome, (wamid) => this.wamids.keyOf(wamid), context);
    return { result: { claim, settlement, attempt: attemptOf(posting, { outcome, settlement, startedAtMs, nowMs }) }, outcome, asset };
  }

  private requestOf({ claim, content, template }: Posting, media: MediaSource | undefined): MessageRequest | undefined {
    try {
      return composeMessage(claim, content, template, this.addresses.open(claim.sealedAddress, claim.recipientId), media);
    } catch (error) {
      const { deliveryId, shardId } = claim;
      this.logger.warn({ deliveryId, shardId, reason: reasonOf(error) }, 'a delivery cannot be sent as it is');
      return undefined;
    }
  }

  /** By id where the number has it; else Meta fetches the link itself, which is slower and may fail under load. */
  private mediaOf(content: Content, phoneNumberId: string): MediaSource | undefined {
    const { headerMedia } = content;
    if (!headerMedia) return undefined;
    const id = this.mediaIds.get(phoneNumberId, headerMedia.sha256);
    return id === undefined ? { link: headerMedia.url } : { id };
  }
}

interface Exchange {
  readonly outcome: SendOutcome;
  readonly settlement: Settlement;
  readonly startedAtMs: number;
  readonly nowMs: number;
}

function attemptOf({ claim, template, shard }: Posting, { outcome, settlement, startedAtMs, nowMs }: Exchange): AttemptedFact | undefined {
  if (outcome.kind === 'not-sent') return undefined;
  const error = outcome.kind === 'accepted' ? undefined : outcome.error;
  return {
    deliveryId: claim.deliveryId,
    runId: claim.runId,
    recipientId: claim.recipientId,
    shardId: claim.shardId,
    phoneNumberId: shard.phoneNumberId,
    wabaId: shard.wabaId,
    attempt: claim.attempt,
    epoch: claim.epoch,
    outcome: outcome.kind === 'accepted' && outcome.held ? 'held' : outcome.kind,
    httpStatus: outcome.kind === 'accepted' ? 200 : (outcome.httpStatus ?? 0),
    errorCode: error?.code ?? 0,
    fault: error?.meaning.fault ?? (outcome.kind === 'ambiguous' ? outcome.reason : ''),
    template: templateKeyOf(template),
    startedAtMs,
    finishedAtMs: outcome.kind === 'ambiguous' && outcome.httpStatus === undefined ? null : nowMs,
    wamidHash: settlement.kind === 'accepted' ? settlement.wamidHash : '',
  };
}

const outcomeWord = (outcome: SendOutcome): string =>
  outcome.kind === 'accepted' && outcome.held ? 'held' : outcome.kind.replace('-', '_');

const codeClassOf = (outcome: SendOutcome): string => {
  if (outcome.kind === 'accepted') return '';
  if (outcome.kind === 'not-sent') return outcome.reason;
  return outcome.error?.meaning.class ?? (outcome.kind === 'ambiguous' ? outcome.reason : '');
};
