import { timestampMs } from '@bufbuild/protobuf/wkt';
import { ContentPartKind, topics, type ContentPackReady, type ContentPackWithdrawn } from '@daybreak/contracts';
import type { Received } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { MediaRepository } from '../store/media.repository.js';
import { PackRepository, type Pack, type PackPart } from '../store/pack.repository.js';
import { StatesRepository } from '../store/states.repository.js';

/** Packs bring their media long before they are planned; a withdrawn pack stops in the last instant. Whether a pack is good the scheduler decides. */
@Controller()
export class ContentPackConsumer {
  constructor(
    private readonly packs: PackRepository,
    private readonly media: MediaRepository,
    private readonly states: StatesRepository,
  ) {}

  @EventPattern<string>(topics.contentPackReady.name)
  async ready(@Payload() received: readonly Received<ContentPackReady>[]): Promise<void> {
    const events = received.flatMap(({ event }) => event ?? []);
    await this.packs.add(events.map(toPack));
    // A pack for named recipients is uploaded by the numbers that get its deliveries, which nobody knows yet.
    const forMany = events.filter((event) => event.audience !== undefined && event.audience.kind.case !== 'recipients');
    const assets = forMany.map(toPack).flatMap(({ runDate, parts }) => parts.flatMap((part) => (part.kind === 'image' ? { ...part, runDate, shared: true } : [])));
    if (assets.length > 0) await this.media.addAssets(assets);
  }

  @EventPattern<string>(topics.contentPackWithdrawn.name)
  async withdrawn(@Payload() received: readonly Received<ContentPackWithdrawn>[]): Promise<void> {
    await this.states.addWithdrawnPacks(
      received.flatMap(({ event, timestampMs: arrivedMs }) =>
        event ? { contentPackId: event.contentPackId, reason: event.reason, withdrawnAtMs: event.withdrawnAt ? timestampMs(event.withdrawnAt) : arrivedMs } : [],
      ),
    );
  }
}

const RUN_DATE = /^\d{4}-\d{2}-\d{2}$/;

const toPack = (event: ContentPackReady): Pack => ({
  contentPackId: event.contentPackId,
  runDate: RUN_DATE.test(event.runDate) ? event.runDate : null,
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
