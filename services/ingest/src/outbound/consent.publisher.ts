import { topics, type AuditRecorded, type ConsentChanged, type ReplyRequested } from '@daybreak/contracts';
import type { Sql } from '@daybreak/database';
import { Outbox } from '@daybreak/event-bus';
import { Injectable } from '@nestjs/common';

/** What follows from a change of consent, in the transaction that makes it. */
@Injectable()
export class ConsentPublisher {
  constructor(private readonly outbox: Outbox) {}

  changed(tx: Sql, events: readonly ConsentChanged[]): Promise<void> {
    return this.outbox.add(tx, topics.consentChanged, events);
  }

  erased(tx: Sql, recipientIds: readonly string[]): Promise<void> {
    return this.outbox.tombstone(tx, topics.consentChanged, recipientIds);
  }

  /** For everybody who keeps a copy of the recipient, and for those who will read the topic from its beginning. */
  gone(tx: Sql, recipientIds: readonly string[]): Promise<void> {
    return this.outbox.tombstone(tx, topics.recipientUpserted, recipientIds);
  }

  audited(tx: Sql, events: readonly AuditRecorded[]): Promise<void> {
    return this.outbox.add(tx, topics.auditRecorded, events);
  }

  replies(tx: Sql, events: readonly ReplyRequested[]): Promise<void> {
    return this.outbox.add(tx, topics.replyRequested, events);
  }
}
