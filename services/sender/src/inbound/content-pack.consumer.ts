import { timestampMs } from '@bufbuild/protobuf/wkt';
import { ContentPartKind, topics, type ContentPackReady, type ContentPackWithdrawn } from '@daybreak/contracts';
import type { Received } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { PackPart } from '../media/content-pack.js';
import { TakePacks, type ArrivedPack } from '../media/take-packs.js';

/** Packs in, good ones and others: whether a pack is good the scheduler decides, and plans only what is. */
@Controller()
export class ContentPackConsumer {
  constructor(private readonly packs: TakePacks) {}

  @EventPattern<string>(topics.contentPackReady.name)
  async ready(@Payload() received: readonly Received<ContentPackReady>[]): Promise<void> {
    await this.packs.ready(received.flatMap(({ event }) => (event ? toPack(event) : [])));
  }

  @EventPattern<string>(topics.contentPackWithdrawn.name)
  async withdrawn(@Payload() received: readonly Received<ContentPackWithdrawn>[]): Promise<void> {
    await this.packs.withdrawn(
      received.flatMap(({ event, timestampMs: arrivedMs }) =>
        event
          ? {
              contentPackId: event.contentPackId,
              reason: event.reason,
              withdrawnAtMs: event.withdrawnAt ? timestampMs(event.withdrawnAt) : arrivedMs,
            }
          : [],
      ),
    );
  }
}

const RUN_DATE = /^\d{4}-\d{2}-\d{2}$/;

const toPack = (event: ContentPackReady): ArrivedPack => ({
  contentPackId: event.contentPackId,
  runDate: RUN_DATE.test(event.runDate) ? event.runDate : null,
  // An audience that nobody can read is no audience for many.
  forNamedRecipients: event.audience === undefined || event.audience.kind.case === 'recipients',
  parts: event.parts.map((part): PackPart =>
    part.kind === ContentPartKind.TEXT
      ? { kind: 'text', text: part.text }
      : {
          kind: 'image',
          url: part.url,
          sha256: part.sha256,
          mediaType: part.mediaType,
          sizeBytes: Number(part.sizeBytes),
          isHeader: part.kind === ContentPartKind.POST_IMAGE,
        },
  ),
});
