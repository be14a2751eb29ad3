import { timestampMs } from '@bufbuild/protobuf/wkt';
import { CLOCK, CONFIG } from '@daybreak/config';
import { PURPOSES, type Purpose } from '@daybreak/consent';
import type { OptIn, RecipientUpserted } from '@daybreak/contracts';
import { Database } from '@daybreak/database';
import { invalid, type Clock, type Violation } from '@daybreak/kernel';
import { metrics } from '@daybreak/observability';
import { normalizeE164, openAddressJwe } from '@daybreak/privacy';
import { Inject, Injectable } from '@nestjs/common';
import type { IngestConfig } from '../ingest.config.js';
import { Evidence } from '../people/evidence.js';
import { PersonalData } from '../people/personal-data.js';
import { ledger, type LedgerLine } from '../store/consent.repository.js';
import { recipients, type Recipient, type RecipientUpsert } from '../store/recipient.repository.js';
import { AnnounceConsent } from './announce-consent.js';
import { AHEAD_MS } from './statement.js';

/** A recipient event that was found good, its address in clear only until it is sealed. */
export interface GoodRecipient {
  readonly event: RecipientUpserted;
  /** Undefined for people known by a business-scoped user id only. */
  readonly e164: string | undefined;
}

/** Recipients of the back office, and the opt-ins it holds evidence of, into the projection and the ledger. */
@Injectable()
export class TakeRecipients {
  constructor(
    private readonly database: Database,
    private readonly announce: AnnounceConsent,
    private readonly personal: PersonalData,
    private readonly evidence: Evidence,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<IngestConfig, 'ADDRESS_JWE_PRIVATE_KEY' | 'ADDRESS_JWE_REQUIRED'>,
  ) {}

  /** Throws `invalid` with every field that is wrong; never says what was in it. */
  async check(event: RecipientUpserted): Promise<GoodRecipient> {
    const violations: Violation[] = [];
    if (!/^[A-Za-z0-9._-]{1,64}$/.test(event.recipientId))
      violations.push({ field: 'recipient_id', reason: 'must be 1-64 of [A-Za-z0-9._-]' });
    if (event.updatedAt === undefined) violations.push({ field: 'updated_at', reason: 'is missing' });
    if (event.address.case === undefined && event.businessScopedUserId === '') violations.push({ field: 'address', reason: 'is missing' });
    if (event.address.case === 'phoneNumber' && this.config.ADDRESS_JWE_REQUIRED)
      violations.push({ field: 'phone_number', reason: 'must come as address_jwe' });
    event.optIns.forEach((optIn, index) => {
      if (!isPurpose(optIn.purpose))
        violations.push({ field: `opt_ins[${index}].purpose`, reason: `must be one of ${PURPOSES.join(', ')}` });
      if (optIn.givenAt === undefined) violations.push({ field: `opt_ins[${index}].given_at`, reason: 'is missing' });
      else if (timestampMs(optIn.givenAt) > this.clock.nowMs() + AHEAD_MS)
        violations.push({ field: `opt_ins[${index}].given_at`, reason: 'lies in the future' });
    });
    if (violations.length > 0) throw invalid(...violations);
    return { event, e164: await this.addressOf(event) };
  }

  /** One per recipient, the last one. Older ones than what is held change nothing. */
  async upsert(good: readonly GoodRecipient[]): Promise<void> {
    if (good.length === 0) return;
    const changes = await this.database.transaction(async (tx) => {
      const known = await recipients.upsert(tx, good.map((g) => this.rowOf(g))); // prettier-ignore
      const byId = new Map(known.map((recipient) => [recipient.recipientId, recipient]));
      const fresh = await ledger.append(
        tx,
        good.flatMap((g) => this.linesOf(g.event, byId.get(g.event.recipientId))),
      );
      await ledger.adopt(tx, [...byId.keys()]);
      metrics.consentChanges.inc({ source: 'back-office', state: 'start' }, fresh.size);
      return (await this.announce.refold(tx, known)).changes;
    });
    await this.announce.toSenders(changes);
  }

  private async addressOf({ address }: RecipientUpserted): Promise<string | undefined> {
    if (address.case === 'phoneNumber') return normalizeE164(address.value);
    if (address.case === undefined) return undefined;
    const privateKey = this.config.ADDRESS_JWE_PRIVATE_KEY;
    if (privateKey === undefined) throw invalid({ field: 'address_jwe', reason: 'cannot be opened: no private key is configured' });
    return openAddressJwe(address.value, privateKey);
  }

  private rowOf({ event, e164 }: GoodRecipient): RecipientUpsert {
    return {
      recipientId: event.recipientId,
      tenantId: event.tenantId,
      language: event.language,
      addressKey: e164 === undefined ? null : this.personal.addressKeyOfE164(e164),
      sealedAddress: e164 === undefined ? null : this.personal.sealE164(e164, event.recipientId),
      userId: event.businessScopedUserId || null,
      sealedEvidenceKey: this.evidence.newKeyFor(event.recipientId),
      updatedAtMs: event.updatedAt === undefined ? 0 : timestampMs(event.updatedAt),
    };
  }

  private linesOf(event: RecipientUpserted, recipient: Recipient | undefined): LedgerLine[] {
    if (recipient === undefined) return [];
    return event.optIns.filter(isComplete).map((optIn) => {
      const givenAtMs = timestampMs(optIn.givenAt);
      const eventKey = `opt-in:${event.recipientId}:${optIn.purpose}:${givenAtMs}`;
      return {
        eventKey,
        recipientId: event.recipientId,
        addressKey: null,
        userId: null,
        purpose: optIn.purpose,
        change: 'start',
        saidAtMs: givenAtMs,
        untilMs: null,
        source: 'back-office',
        noticeVersion: optIn.noticeVersion || null,
        sealedEvidence: this.evidence.seal(
          { source: optIn.source, wording: optIn.wording, noticeVersion: optIn.noticeVersion },
          eventKey,
          recipient,
        ),
        wamidHash: null,
        phoneNumberId: null,
      };
    });
  }
}

const isPurpose = (text: string): text is Purpose => (PURPOSES as readonly string[]).includes(text);

type CompleteOptIn = OptIn & { readonly purpose: Purpose; readonly givenAt: NonNullable<OptIn['givenAt']> };

const isComplete = (optIn: OptIn): optIn is CompleteOptIn => isPurpose(optIn.purpose) && optIn.givenAt !== undefined;
