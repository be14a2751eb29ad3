import { CONFIG } from '@daybreak/config';
import { drop, invalid } from '@daybreak/kernel';
import { Inject, Injectable } from '@nestjs/common';
import type { SenderConfig } from '../sender.config.js';
import type { KnownShard } from '../shard/known-shard.js';
import { templateKeyOf } from '../delivery/claim.js';
import { KnownStates } from '../states/known-states.js';
import { MessageRepository } from '../store/message.repository.js';
import type { MessageOrder } from './message-order.js';

/** From which number a message goes, and whether its template may be sent from there. */
@Injectable()
export class MessageRoutes {
  constructor(
    private readonly messages: MessageRepository,
    private readonly states: KnownStates,
    @Inject(CONFIG) private readonly config: Pick<SenderConfig, 'MEDIA_ORIGINS'>,
  ) {}

  /** @param usual the shard that the recipient was last sent to from */
  async choose({ shardId, template }: MessageOrder, usual: string | undefined): Promise<KnownShard> {
    const { imageUrl, name, language } = template;
    if (imageUrl !== null && !this.config.MEDIA_ORIGINS.includes(URL.parse(imageUrl)?.origin ?? ''))
      throw invalid({ field: 'template.imageUrl', reason: 'is not of an origin of MEDIA_ORIGINS' });
    const shard = shardId === undefined ? this.able(usual) : this.named(shardId);
    const status = await this.messages.templateStatus(shard.wabaId, name, language);
    if (status !== 'APPROVED')
      throw drop(
        `template ${name}/${language} is ${status ?? 'not known'} at the account of ${shard.shardId}: only an approved one is sent`,
      );
    if (this.states.breakers.isTemplateClosed(shard.wabaId, templateKeyOf(template)))
      throw drop(`template ${name}/${language} stands still: a breaker is open`);
    return shard;
  }

  private named(shardId: string): KnownShard {
    const shard = this.states.shard(shardId);
    if (!shard) throw invalid({ field: 'shardId', reason: 'names no shard' });
    const why = this.standstill(shard);
    if (why !== undefined) throw drop(`${shardId} sends nothing now: ${why}`);
    return shard;
  }

  private able(usual: string | undefined): KnownShard {
    const able = this.states.shards.filter((shard) => shard.mode !== 'standby' && this.standstill(shard) === undefined);
    const shard = able.find((one) => one.shardId === usual) ?? able.find((one) => one.role === 'primary');
    if (!shard) throw drop('no number can send now; GET /shards says why');
    return shard;
  }

  private standstill = ({ shardId }: KnownShard): string | undefined => this.states.closedToClaims(shardId, undefined, false);
}
