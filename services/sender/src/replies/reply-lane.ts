import { mayReceive } from '@daybreak/consent';
import type { Clock } from '@daybreak/kernel';
import type { Logger } from '@daybreak/observability';
import { templateKeyOf } from '../delivery/claim.js';
import { CAMPAIGN_PURPOSE, isOurs } from '../delivery/last-checks.js';
import type { Settlement } from '../delivery/delivery-record.js';
import type { KnownShard } from '../shard/known-shard.js';
import type { ShardLease } from '../shard/shard-lease.js';
import type { Learnt } from '../states/breakers.js';
import type { KnownStates } from '../states/known-states.js';
import type { ReplyClaim, ReplyOutcome, ReplyRepository } from '../store/reply.repository.js';
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

const UNWANTED: Settlement = { kind: 'suppressed', reason: 'consent' };

/**
 * Answers to people who wrote to this number, inside their service window only, and single messages at an operator's word: ahead of the
 * campaign, through the same throttle. What it lets go without an outcome needs no word of it: a claimed row that nobody holds is found
 * by the next look, of this owner or of the next one.
 */
export class ReplyLane {
  private readonly waiting: ReplyClaim[] = [];
  /** Claimed, and without an outcome in the database. */
  private readonly held = new Set<string>();
  /** Outcomes that the database did not take yet. */
  private readonly unwritten: ReplyOutcome[] = [];
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly lease: ShardLease,
    private readonly parts: ReplyLaneParts,
  ) {}

  /** @param onWaiting called when there is something to send */
  start(onWaiting: () => void): void {
    const again = (): void => {
      if (this.stopped) return;
      this.timer = setTimeout(() => {
        this.looking = this.look()
          .then((found) => void (found && onWaiting()))
          .catch((error: unknown) => this.warn(error, 'replies could not be claimed'))
          .finally(again);
      }, LOOK_EVERY_MS);
    };
    again();
  }

  /** Claims nothing more, and lets go of what was not posted. Never rejects. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    this.letGoOfWaiting();
    await this.looking;
    this.letGoOfWaiting();
  }

  /** The one to send now. */
  get next(): ReplyClaim | undefined {
    return this.waiting[0];
  }

  /** Takes it out and posts it; returns what it says of everybody behind the same number. Never rejects. */
  async postNext(): Promise<Learnt | undefined> {
    const reply = this.waiting.shift();
    if (!reply) return undefined;
    try {
      return await this.post(reply);
    } catch (error) {
      this.warn(error, 'a reply could not be looked at once more; it waits for the next look');
      this.held.delete(reply.replyId);
      return undefined;
    }
  }

  /** The same last looks as for the campaign, as far as they concern an answer. The row says that its POST began before it does. */
  private async post(reply: ReplyClaim): Promise<Learnt | undefined> {
    const { states, sendReply, replies } = this.parts;
    const { shardId, owner } = this.lease;
    const shard = states.shard(shardId);
    if (!shard || !this.mayStart(reply, shard)) return this.letGo(reply);
    if (this.isUnwantedMessage(reply) || (await this.isUnwantedAi(reply))) return this.settle(reply, UNWANTED);
    if (!(await replies.begin(reply, owner, shardId))) return this.letGo(reply);
    const { settlement, learnt } = await sendReply.post(
      reply,
      shard,
      () => this.mayStart(reply, shard) && !this.isUnwantedMessage(reply), // asked again: the database, or a connection, was waited for
    );
    await this.settle(reply, settlement);
    return learnt;
  }

  private mayStart(reply: ReplyClaim, shard: KnownShard): boolean {
    const { states, clock } = this.parts;
    return (
      isOurs(reply, this.lease) &&
      clock.nowMs() < reply.closesAtMs &&
      this.standstill(reply) === undefined &&
      !(reply.content.kind === 'template' && states.breakers.isTemplateClosed(shard.wabaId, templateKeyOf(reply.content)))
    );
  }

  /** A number that its quality paused still answers; what operators send waits. */
  private standstill(reply: ReplyClaim): string | undefined {
    return this.parts.states.standstill(this.lease.shardId, undefined, reply.content.kind !== 'template');
  }

  private letGo(reply: ReplyClaim): undefined {
    this.held.delete(reply.replyId);
  }

  private letGoOfWaiting(): void {
    for (const reply of this.waiting.splice(0)) this.letGo(reply);
  }

  /** Its outcome is written now, or by a later look: what was posted must not be lost with a database that is away for a moment. */
  private async settle(claim: ReplyClaim, settlement: Settlement): Promise<undefined> {
    await this.write({ claim, settlement });
  }

  private async write(outcome: ReplyOutcome): Promise<void> {
    try {
      await this.parts.replies.settle(outcome);
      this.held.delete(outcome.claim.replyId);
    } catch (error) {
      this.unwritten.push(outcome);
      this.warn(error, 'the result of a reply could not be written; it is tried again');
    }
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

  private async look(): Promise<boolean> {
    const { states, replies, clock } = this.parts;
    for (const outcome of this.unwritten.splice(0)) await this.write(outcome);
    const { shardId, epoch, owner } = this.lease;
    const shard = states.shard(shardId);
    if (!shard || !this.lease.isFresh() || this.waiting.length > 0 || this.unwritten.length > 0) return false;
    const nowMs = clock.nowMs();
    const limit = states.standstill(shardId, undefined, true) === undefined ? AT_ONCE : 0;
    const claims = await replies.claim({
      ...{ shardId, phoneNumberId: shard.phoneNumberId, epoch, owner, nowMs, limit },
      held: [...this.held],
    });
    if (this.stopped) return false; // nobody holds them: they are found
    this.waiting.push(...claims);
    for (const { replyId } of claims) this.held.add(replyId);
    return claims.length > 0;
  }

  private warn(error: unknown, what: string): void {
    this.parts.logger.warn({ err: error, shardId: this.lease.shardId }, what);
  }
}
