import { topics, type RecipientUpserted } from '@daybreak/contracts';
import type { Received, Rejection } from '@daybreak/event-bus';
import { isAppError } from '@daybreak/kernel';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { ErasePeople } from '../consent/erase-people.js';
import { TakeRecipients, type GoodRecipient } from '../consent/take-recipients.js';

/** Recipients in, consent out. A batch may name one recipient several times: what came last counts. */
@Controller()
export class RecipientUpsertedConsumer {
  constructor(
    private readonly recipients: TakeRecipients,
    private readonly people: ErasePeople,
  ) {}

  @EventPattern<string>(topics.recipientUpserted.name)
  async handle(@Payload() received: readonly Received<RecipientUpserted>[]): Promise<readonly Rejection[]> {
    const rejections: Rejection[] = [];
    const last = new Map<string, GoodRecipient | 'gone'>();
    for (const record of received) {
      if (record.event === undefined) {
        last.set(record.key, 'gone');
        continue;
      }
      const checked = await this.recipients.check(record.event).catch((error: unknown) => {
        if (isAppError(error)) return error;
        throw error;
      });
      if (isAppError(checked)) rejections.push({ received: record, error: checked });
      else last.set(record.event.recipientId, checked);
    }
    const gone = [...last].filter(([, state]) => state === 'gone').map(([recipientId]) => recipientId);
    await this.people.gone(gone);
    await this.recipients.upsert([...last.values()].filter((state) => state !== 'gone'));
    return rejections;
  }
}
