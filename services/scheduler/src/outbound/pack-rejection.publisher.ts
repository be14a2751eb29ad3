import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { ContentPackRejectedSchema, topics, type ContentPackReady } from '@daybreak/contracts';
import type { Sql } from '@daybreak/database';
import { Outbox, type Received } from '@daybreak/event-bus';
import type { Violation } from '@daybreak/kernel';
import { Injectable } from '@nestjs/common';

@Injectable()
export class PackRejectionPublisher {
  constructor(private readonly outbox: Outbox) {}

  /** Keyed as the pack was, even when the id inside is what is wrong. */
  async rejected(tx: Sql, received: Received<ContentPackReady>, violations: readonly Violation[], nowMs: number): Promise<void> {
    const event = create(ContentPackRejectedSchema, {
      contentPackId: nameOf(received),
      tenantId: received.event?.tenantId ?? '',
      violations: violations.map(({ field, reason }) => ({ field, reason })),
      rejectedAt: timestampFromMs(Math.floor(nowMs)),
      eventId: received.eventId,
    });
    await this.outbox.add(tx, topics.contentPackRejected, [event], { causation: received.eventId });
  }
}

/** As a key must be. */
const PLAIN = /^[\x20-\x7e]+$/;

/** The pack's id, or its key, where either can be a key again; else the event that it came in. */
export const nameOf = ({ event, key, eventId }: Pick<Received<ContentPackReady>, 'event' | 'key' | 'eventId'>): string =>
  [event?.contentPackId ?? '', key].find((name) => PLAIN.test(name)) ?? eventId;
