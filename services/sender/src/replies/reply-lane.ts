import { mayReceive } from '@daybreak/consent';
import type { Clock } from '@daybreak/kernel';
import type { Logger } from '@daybreak/observability';
import { CAMPAIGN_PURPOSE } from '../delivery/last-checks.js';
import { CLAIM_LIFE_MS, type ShardLease } from '../shard/shard-lease.js';
import type { KnownStates } from '../states/known-states.js';
import type { ReplyClaim, ReplyRepository } from '../store/reply.repository.js';
import type { SendReply } from './send-reply.js';

export interface ReplyLaneParts {
  readonly replies: ReplyRepository;
  readonly sendReply: SendReply;
  readonly states: KnownStates;
  readonly clock: Clock;
  readonly logger: Logger;
}

const LOOK_EVERY_MS = 500;
const AT_ONCE = 20;
const INBOUND_OVER_MS = 10_000;

/**
 * Answers to people who wrote to this number, inside their service window only, and single messages at an operator's word: ahead of the
 * campaign, through the same throttle.
 */
export class ReplyLane {
  private readonly waiting: ReplyClaim[] = [];
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;
  /** Clock instants of the last answers that were asked for: what people write counts against the number's throughput. */
  private asked: number[] = [];

  constructor(
    private readonly lease: ShardLease,
    private readonly parts: ReplyLaneParts,
  ) {}

  /** @param onWaiting called when there is something to send */
  start(onWaiting: () => void): void {
    const again = (): void => {
      if (this.stopped) return;
      this.timer = setTimeout(() => {
        void this.look()
          .then((found) => found && onWaiting())
          .catch((error: unknown) => this.parts.logger.warn({ err: error, shardId: this.lease.shardId }, 'replies could not be claimed'))
          .finally(again);
      }, LOOK_EVERY_MS);
    };
    again();
  }

  /** Hands back what was not posted. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    for (const reply of this.waiting.splice(0)) await this.parts.sendReply.handBack(reply);
  }

  /** The one to send now. */
  get next(): ReplyClaim | undefined {
    return this.waiting[0];
  }

  /** Takes it out and posts it; the same last looks as for the campaign, as far as they concern an answer. */
  async postNext(): Promise<void> {
    const { states, clock, sendReply } = this.parts;
    const reply = this.waiting.shift();
    const shard = states.shard(this.lease.shardId);
    if (!reply) return;
    const isUnwanted = this.isUnwantedMessage(reply) || (await this.isUnwantedAi(reply));
    const isOurs = this.lease.isFresh() && performance.now() - reply.claimedAtMonoMs < CLAIM_LIFE_MS;
    const mayStart = isOurs && !this.isPaused && !this.waitsForTemplate(reply) && clock.nowMs() < reply.closesAtMs;
    if (!shard || !mayStart) await sendReply.handBack(reply);
    else if (isUnwanted) await sendReply.suppress(reply);
    else await sendReply.post(reply, shard);
  }

  inboundPerSecond(nowMs: number): number {
    this.asked = this.asked.filter((atMs) => nowMs - atMs < INBOUND_OVER_MS);
    return this.asked.length / (INBOUND_OVER_MS / 1_000);
  }

  private get isPaused(): boolean {
    return this.parts.states.control(this.lease.shardId)?.paused === true;
  }

  /** An answer is owed to whoever asked, also to say that their STOP was heard. A message goes to those who agreed. */
  private isUnwantedMessage({ content, recipientId, consent }: ReplyClaim): boolean {
    if (content.kind !== 'template') return false;
    const now = this.parts.states.recentConsent.since(recipientId) ?? consent;
    return now === null || !mayReceive({ [CAMPAIGN_PURPOSE]: now }, CAMPAIGN_PURPOSE, this.parts.clock.nowMs());
  }

  /** What a machine wrote goes to nobody who did not say yes to that. Asked at this instant: they are few, and nothing known is a no. */
  private async isUnwantedAi({ content, recipientId }: ReplyClaim): Promise<boolean> {
    if (content.kind !== 'text' || content.aiWritten !== true) return false;
    const consent = await this.parts.replies.consent(recipientId, 'ai');
    return consent === null || !mayReceive({ ai: consent }, 'ai', this.parts.clock.nowMs());
  }

  private waitsForTemplate({ content }: ReplyClaim): boolean {
    return content.kind === 'template' && this.parts.states.breakers.isTemplateClosed(`${content.name}/${content.language}`);
  }

  private async look(): Promise<boolean> {
    const { states, replies, clock } = this.parts;
    const shard = states.shard(this.lease.shardId);
    if (!shard || this.isPaused || !this.lease.isFresh() || this.waiting.length > 0) return false;
    const nowMs = clock.nowMs();
    const { shardId, epoch, owner } = this.lease;
    const claims = await replies.claim({ shardId, phoneNumberId: shard.phoneNumberId, epoch, owner, nowMs, limit: AT_ONCE });
    this.asked.push(...claims.filter(({ content }) => content.kind !== 'template').map(() => nowMs));
    this.waiting.push(...claims);
    return claims.length > 0;
  }
}
