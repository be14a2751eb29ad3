import { CLOCK } from '@daybreak/config';
import { Database } from '@daybreak/database';
import type { Clock } from '@daybreak/kernel';
import { AddressSealer } from '@daybreak/privacy';
import { Inject, Injectable } from '@nestjs/common';
import { Evidence } from '../people/evidence.js';
import { consentRecords } from '../store/consent-record.repository.js';
import { recipients, type Recipient } from '../store/recipient.repository.js';
import { AnnounceConsent } from './announce-consent.js';
import { lineView, type LineView } from './read-consent.js';

/** A line with what proves it: the words, the message, the form. */
export interface ProvenLineView extends LineView {
  readonly evidence: Readonly<Record<string, unknown>> | null;
}

/** Everything that is held of one person's consent, for that person. */
export interface PersonalRecord {
  readonly recipientId: string;
  readonly tenantId: string;
  readonly language: string;
  readonly phoneNumber: string | null;
  readonly businessScopedUserId: string | null;
  readonly exportedAt: string;
  readonly consent: readonly ProvenLineView[];
}

const PAGE_LINES = 1_000;

/** Consent for somebody outside: the person it is about, or an auditor. Each time it is taken out is audited itself. */
@Injectable()
export class ExportConsent {
  constructor(
    private readonly database: Database,
    private readonly announce: AnnounceConsent,
    private readonly evidence: Evidence,
    private readonly addresses: AddressSealer,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Undefined for somebody we do not know. */
  async ofRecipient(recipientId: string, actor: string): Promise<PersonalRecord | undefined> {
    const recipient = (await recipients.byId(this.database, [recipientId])).get(recipientId);
    if (recipient === undefined) return undefined;
    const lines = await consentRecords.proven(this.database, recipientId);
    await this.announce.audit(this.database, [{ actor, action: 'consent.exported', object: `recipient/${recipientId}` }]);
    return {
      ...this.aboutThem(recipient),
      exportedAt: new Date(this.clock.nowMs()).toISOString(),
      consent: lines.map((line) => ({
        ...lineView(line),
        evidence:
          line.sealedEvidence && this.evidence.open(line.sealedEvidence, line.evidenceKey, line.isFromUnknown ? undefined : recipient),
      })),
    };
  }

  /** Every line that was recorded in `[fromMs, toMs)`, without proofs and without addresses, a page at a time. */
  async *recorded(fromMs: number, toMs: number, actor: string): AsyncGenerator<LineView> {
    const range = { from: new Date(fromMs), to: new Date(toMs), limit: PAGE_LINES };
    const details = { from: range.from.toISOString(), to: range.to.toISOString() };
    await this.announce.audit(this.database, [{ actor, action: 'consent.exported', object: 'consent-ledger', details }]);
    for (let afterId = 0; ;) {
      const page = await consentRecords.page(this.database, { ...range, afterId });
      yield* page.map(lineView);
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE_LINES) return;
      afterId = last.id;
    }
  }

  private aboutThem(recipient: Recipient): Omit<PersonalRecord, 'exportedAt' | 'consent'> {
    const { recipientId, tenantId, language, sealedAddress, userId } = recipient;
    return {
      recipientId,
      tenantId,
      language,
      phoneNumber: sealedAddress && this.addresses.open(sealedAddress, recipientId),
      businessScopedUserId: userId,
    };
  }
}
