import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { CLOCK } from '@daybreak/config';
import { AuditRecordedSchema } from '@daybreak/contracts';
import type { Sql } from '@daybreak/database';
import { newEventId, type Clock } from '@daybreak/kernel';
import { Inject, Injectable } from '@nestjs/common';
import { ConsentPublisher } from '../outbound/consent.publisher.js';
import type { Recipient } from '../store/recipient.repository.js';
import { confirmationOf, type ConfirmedOrder } from './confirmation.js';
import { toConsentChanged } from './consent-changed.mapper.js';
import type { DirectWord } from './direct-word.js';
import { refold, type ConsentChange, type Refolded } from './refold.js';
import { TellSenders } from './tell-senders.js';

/** Something that an auditor may ask about. Nothing personal in it but ids. */
export interface AuditEntry {
  /** `user:<account>`; this service itself, when not given. */
  readonly actor?: string;
  readonly action: string;
  readonly object: string;
  readonly before?: string;
  readonly after?: string;
  readonly details?: Readonly<Record<string, string>>;
}

/** Tells everybody who must know: by the outbox in the same transaction, and senders by the direct path once it is committed. */
@Injectable()
export class AnnounceConsent {
  constructor(
    private readonly publisher: ConsentPublisher,
    private readonly senders: TellSenders,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Folds these recipients' ledgers again and announces what changed. Their rows must be locked. */
  async refold(tx: Sql, locked: readonly Recipient[]): Promise<Refolded> {
    const refolded = await refold(tx, idsOf(locked));
    await this.changed(tx, refolded.changes, locked);
    return refolded;
  }

  /** @param known whose consent it is, among others */
  changed(tx: Sql, changes: readonly ConsentChange[], known: readonly Recipient[]): Promise<void> {
    const tenants = new Map(known.map((recipient) => [recipient.recipientId, recipient.tenantId]));
    const nowMs = this.nowMs();
    return this.publisher.changed(
      tx,
      changes.map((change) => toConsentChanged(change, tenants.get(change.recipientId) ?? '', nowMs)),
    );
  }

  /** One message, one answer, also when two people share the phone: in the words of what holds after it. */
  async confirm(tx: Sql, orders: readonly ConfirmedOrder[], tz: string): Promise<void> {
    const replies = orders.flatMap((order) => confirmationOf(order, this.nowMs(), tz) ?? []);
    await this.publisher.replies(tx, [...new Map(replies.map((reply) => [reply.replyId, reply])).values()]);
  }

  /** These recipients are reached elsewhere now: by WhatsApp's word, not by the back office's. */
  moved(tx: Sql, recipientIds: readonly string[]): Promise<void> {
    return this.audit(
      tx,
      recipientIds.map((recipientId) => ({ action: 'recipient.moved', object: `recipient/${recipientId}` })),
    );
  }

  /** The back office says that they are gone. */
  async erased(tx: Sql, recipientIds: readonly string[]): Promise<void> {
    await this.publisher.erased(tx, recipientIds);
    await this.audit(
      tx,
      recipientIds.map((recipientId) => ({ action: 'recipient.erased', object: `recipient/${recipientId}` })),
    );
  }

  /** Somebody here says so, and the others have to be told: the back office's own word would bring them back. */
  async erasedBy(actor: string, tx: Sql, recipientIds: readonly string[], lines: number): Promise<void> {
    await this.publisher.gone(tx, recipientIds);
    await this.publisher.erased(tx, recipientIds);
    const details = { lines: String(lines) };
    const objects = recipientIds.length === 0 ? ['address'] : recipientIds.map((recipientId) => `recipient/${recipientId}`);
    await this.audit(
      tx,
      objects.map((object) => ({ actor, action: 'recipient.erased', object, details })),
    );
  }

  audit(tx: Sql, entries: readonly AuditEntry[]): Promise<void> {
    const recordedAt = timestampFromMs(this.nowMs());
    return this.publisher.audited(
      tx,
      entries.map(({ before, after, actor, action, object, details }) =>
        create(AuditRecordedSchema, {
          auditId: newEventId(),
          actor: actor ?? 'service:ingest',
          action,
          object,
          beforeDigest: before ?? '',
          afterDigest: after ?? '',
          details: { ...details },
          recordedAt,
        }),
      ),
    );
  }

  /** After the commit. May fail: the outbox carries the same, and what failed is tried again. */
  toSenders(words: readonly DirectWord[]): Promise<void> {
    return this.senders.of(words);
  }

  /** Whole milliseconds: protobuf's instants take no fractions. */
  private nowMs(): number {
    return Math.floor(this.clock.nowMs());
  }
}

/** Each once. */
export const idsOf = (known: readonly Recipient[]): string[] => [...new Set(known.map(({ recipientId }) => recipientId))];
