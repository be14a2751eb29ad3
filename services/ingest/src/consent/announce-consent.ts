import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { CLOCK } from '@daybreak/config';
import { AuditRecordedSchema, type AuditRecorded } from '@daybreak/contracts';
import type { Sql } from '@daybreak/database';
import { newEventId, type Clock } from '@daybreak/kernel';
import { Inject, Injectable } from '@nestjs/common';
import { ConsentDirectPublisher } from '../outbound/consent-direct.publisher.js';
import { ConsentPublisher } from '../outbound/consent.publisher.js';
import type { Recipient } from '../store/recipient.repository.js';
import { confirmationOf } from './confirmation.js';
import { toConsentChanged } from './consent-changed.mapper.js';
import type { ConsentSignal } from './desk-slip.js';
import { refold, type ConsentChange } from './refold.js';

/** Tells everybody who must know: by the outbox in the same transaction, and senders by the direct path once it is committed. */
@Injectable()
export class AnnounceConsent {
  constructor(
    private readonly publisher: ConsentPublisher,
    private readonly direct: ConsentDirectPublisher,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Folds these recipients' ledgers again and announces what changed. Their rows must be locked. */
  async refold(tx: Sql, locked: readonly Recipient[]): Promise<ConsentChange[]> {
    const tenants = new Map(locked.map((recipient) => [recipient.recipientId, recipient.tenantId]));
    const changes = await refold(tx, [...tenants.keys()]);
    const nowMs = this.nowMs();
    await this.publisher.changed(
      tx,
      changes.map((change) => toConsentChanged(change, tenants.get(change.recipientId) ?? '', nowMs)),
    );
    return changes;
  }

  /** One message, one answer, also when two people share the phone. */
  async confirm(tx: Sql, orders: readonly { readonly signal: ConsentSignal; readonly recipient: Recipient }[], tz: string): Promise<void> {
    const replies = orders.flatMap(({ signal, recipient }) => confirmationOf(signal, recipient, this.nowMs(), tz) ?? []);
    await this.publisher.replies(tx, [...new Map(replies.map((reply) => [reply.replyId, reply])).values()]);
  }

  /** These recipients are reached elsewhere now: by WhatsApp's word, not by the back office's. */
  moved(tx: Sql, recipientIds: readonly string[]): Promise<void> {
    return this.publisher.audited(
      tx,
      recipientIds.map((recipientId) => this.auditOf('recipient.moved', recipientId)),
    );
  }

  async erased(tx: Sql, recipientIds: readonly string[]): Promise<void> {
    await this.publisher.erased(tx, recipientIds);
    await this.publisher.audited(
      tx,
      recipientIds.map((recipientId) => this.auditOf('recipient.erased', recipientId)),
    );
  }

  private auditOf(action: string, recipientId: string): AuditRecorded {
    return create(AuditRecordedSchema, {
      auditId: newEventId(),
      actor: 'service:ingest',
      action,
      object: `recipient/${recipientId}`,
      recordedAt: timestampFromMs(this.nowMs()),
    });
  }

  /** After the commit. May fail: the outbox carries the same. */
  toSenders(changes: readonly ConsentChange[]): Promise<void> {
    return this.direct.publish(changes);
  }

  /** Whole milliseconds: protobuf's instants take no fractions. */
  private nowMs(): number {
    return Math.floor(this.clock.nowMs());
  }
}
