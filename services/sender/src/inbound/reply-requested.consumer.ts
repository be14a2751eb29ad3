import { timestampMs } from '@bufbuild/protobuf/wkt';
import { topics, type ReplyRequested } from '@daybreak/contracts';
import type { Received, Rejection } from '@daybreak/event-bus';
import { invalid } from '@daybreak/kernel';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TakeReplies, type OwedReply } from '../replies/take-replies.js';

/** People who are owed an answer, from the number they wrote to. */
@Controller()
export class ReplyRequestedConsumer {
  constructor(private readonly take: TakeReplies) {}

  @EventPattern<string>(topics.replyRequested.name)
  async handle(@Payload() received: readonly Received<ReplyRequested>[]): Promise<readonly Rejection[]> {
    const rejected: Rejection[] = [];
    const owed = new Map<OwedReply, Received<ReplyRequested>>();
    for (const one of received) {
      if (one.event === undefined) continue; // facts have no tombstones
      const reply = toOwed(one.event);
      if (reply) owed.set(reply, one);
      else
        rejected.push({
          received: one,
          error: invalid(
            { field: 'content', reason: 'is missing, or says that a machine wrote what is no text' },
            { field: 'service_window_closes_at', reason: 'or is missing' },
          ),
        });
    }
    for (const [reply, error] of await this.take.all([...owed.keys()])) {
      const one = owed.get(reply);
      if (one) rejected.push({ received: one, error });
    }
    return rejected;
  }
}

function toOwed(event: ReplyRequested): OwedReply | undefined {
  const { content, serviceWindowClosesAt, requestedAt } = event;
  if (content.case === undefined || !serviceWindowClosesAt || event.sealedAddress.length === 0) return undefined;
  if (event.aiWritten && content.case !== 'text') return undefined;
  return {
    replyId: event.replyId,
    phoneNumberId: event.phoneNumberId,
    recipientId: event.recipientId,
    sealedAddress: event.sealedAddress,
    purpose: event.purpose,
    closesAtMs: timestampMs(serviceWindowClosesAt),
    requestedAtMs: requestedAt ? timestampMs(requestedAt) : timestampMs(serviceWindowClosesAt) - SERVICE_WINDOW_MS,
    language: event.language,
    owed:
      content.case === 'text'
        ? { kind: 'text', text: content.value, aiWritten: event.aiWritten }
        : { kind: 'pack', contentPackId: content.value.contentPackId },
  };
}

const SERVICE_WINDOW_MS = 86_400_000;
