import { mayReceive } from '@daybreak/consent';
import { CLOCK, CONFIG } from '@daybreak/config';
import { drop, invalid, type Clock } from '@daybreak/kernel';
import { AddressKeyer, AddressSealer, normalizeE164 } from '@daybreak/privacy';
import { Inject, Injectable } from '@nestjs/common';
import { CAMPAIGN_PURPOSE } from '../delivery/last-checks.js';
import type { SenderConfig } from '../sender.config.js';
import { MessageRepository } from '../store/message.repository.js';
import { ReplyRepository } from '../store/reply.repository.js';
import type { MessageOrder } from './message-order.js';

export interface MessageRecipient {
  readonly sealedAddress: Uint8Array;
  /** From where they were last sent to. */
  readonly shardId: string | undefined;
  readonly isTest: boolean;
}

/** Whom a message goes to, and whether it may: by an address that the sender has, or one that the installation allows; always by consent. */
@Injectable()
export class MessageRecipients {
  constructor(
    private readonly messages: MessageRepository,
    private readonly replies: ReplyRepository,
    private readonly sealer: AddressSealer,
    private readonly keyer: AddressKeyer,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<SenderConfig, 'TEST_RECIPIENTS'>,
  ) {}

  async find({ recipientId, address }: Pick<MessageOrder, 'recipientId' | 'address'>): Promise<MessageRecipient> {
    const found = address === undefined ? await this.known(recipientId) : this.allowed(recipientId, address);
    const consent = await this.replies.consent(recipientId, CAMPAIGN_PURPOSE);
    if (!consent) throw drop('nothing is known of this recipient’s consent; record their opt-in first');
    if (!mayReceive({ [CAMPAIGN_PURPOSE]: consent }, CAMPAIGN_PURPOSE, this.clock.nowMs()))
      throw drop(`this recipient has ${consent.state === 'paused' ? 'paused' : 'opted out'}: nothing is sent to them`);
    return found;
  }

  private async known(recipientId: string): Promise<MessageRecipient> {
    const last = await this.messages.lastDelivery(recipientId);
    if (!last) throw drop('no address of this recipient is known here: nothing was planned for them in the mornings that are kept');
    return { ...last, isTest: false };
  }

  /** An address from outside goes only where the installation says that this very address is this recipient's. */
  private allowed(recipientId: string, address: string): MessageRecipient {
    const e164 = normalizeE164(address);
    const addressKey = this.keyer.keyOf(e164);
    const isListed = this.config.TEST_RECIPIENTS.some((entry) => entry.recipientId === recipientId && entry.addressKey === addressKey);
    if (!isListed)
      throw invalid({
        field: 'address',
        reason: `is not allowed for this recipient; the entry in TEST_RECIPIENTS that would allow it is ${recipientId}:${addressKey}`,
      });
    return { sealedAddress: this.sealer.seal(e164, recipientId), shardId: undefined, isTest: true };
  }
}
