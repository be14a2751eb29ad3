import { CONFIG } from '@daybreak/config';
import type { Purpose } from '@daybreak/consent';
import type { Sql } from '@daybreak/database';
import { metrics } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import type { IngestConfig } from '../ingest.config.js';
import { Evidence } from '../people/evidence.js';
import { ledger, type LedgerLine } from '../store/consent.repository.js';
import type { Recipient } from '../store/recipient.repository.js';
import { AnnounceConsent, idsOf } from './announce-consent.js';
import type { ConsentSignal, Who } from './desk-slip.js';
import { refold, type ConsentChange } from './refold.js';

/** One signal, and who it was; nobody while the person is unknown. */
export interface Said {
  readonly who: Who;
  readonly signal: ConsentSignal;
  readonly recipient: Recipient | undefined;
}

/** What was said, into the ledger; what follows from the part of it that is new, into the outbox. However it was said, it comes through here. */
@Injectable()
export class NoteSaid {
  constructor(
    private readonly announce: AnnounceConsent,
    private readonly evidence: Evidence,
    @Inject(CONFIG) private readonly config: Pick<IngestConfig, 'CONSENT_TIME_ZONE'>,
  ) {}

  /** The recipients' rows must be locked. Returns whose consent changed, and what was not in the ledger before. */
  async all(tx: Sql, said: readonly Said[]): Promise<{ readonly changes: readonly ConsentChange[]; readonly news: ReadonlySet<Said> }> {
    if (said.length === 0) return { changes: [], news: new Set() };
    const known = said.flatMap(({ recipient }) => recipient ?? []);
    // The lines and the fold of all lines go to the database together, in this order.
    const [fresh, { changes, consentOf }] = await Promise.all([
      ledger.append(tx, said.flatMap((one) => this.linesOf(one))), // prettier-ignore
      refold(tx, idsOf(known)),
    ]);
    const news = said.filter((one) => keysOf(one).some((key) => fresh.has(key)));
    const orders = news.flatMap(({ signal, recipient }) =>
      recipient === undefined ? [] : [{ signal, recipient, consent: consentOf.get(recipient.recipientId) ?? {} }],
    );
    await Promise.all([this.announce.changed(tx, changes, known), this.announce.confirm(tx, orders, this.config.CONSENT_TIME_ZONE)]);
    return { changes, news: new Set(news) };
  }

  /** What was news, once it is committed. */
  count(news: Iterable<Said>): void {
    for (const { signal } of news) metrics.consentChanges.inc({ source: signal.source, state: signal.change });
  }

  private linesOf({ who, signal, recipient }: Said): LedgerLine[] {
    return signal.purposes.map((purpose) => {
      const eventKey = eventKeyOf(signal, purpose, recipient);
      return {
        eventKey,
        recipientId: recipient?.recipientId ?? null,
        addressKey: who.addressKey || null,
        userId: who.userId || null,
        purpose,
        change: signal.change,
        saidAtMs: signal.atMs,
        untilMs: signal.untilMs ?? null,
        source: signal.source,
        noticeVersion: signal.noticeVersion ?? null,
        sealedEvidence: this.evidence.seal(signal.evidence, eventKey, recipient),
        wamidHash: signal.wamidHash || null,
        phoneNumberId: signal.phoneNumberId || null,
      };
    });
  }
}

/** The ledger's keys of what was said. What is said again has the same ones, also when the person was unknown the first time. */
export const keysOf = ({ signal, recipient }: Pick<Said, 'signal' | 'recipient'>): string[] =>
  signal.purposes.map((purpose) => eventKeyOf(signal, purpose, recipient));

const eventKeyOf = (signal: ConsentSignal, purpose: Purpose, recipient: Recipient | undefined): string =>
  `${signal.key}/${purpose}${recipient === undefined ? '' : `/${recipient.recipientId}`}`;
