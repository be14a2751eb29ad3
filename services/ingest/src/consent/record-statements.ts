import { Database, type Sql } from '@daybreak/database';
import { CLOCK } from '@daybreak/config';
import { canonicalJson, sha256Hex, type Clock } from '@daybreak/kernel';
import { Inject, Injectable } from '@nestjs/common';
import { PersonalData } from '../people/personal-data.js';
import { consentStates, ledger } from '../store/consent.repository.js';
import { recipients, type Recipient } from '../store/recipient.repository.js';
import { AnnounceConsent } from './announce-consent.js';
import type { ConsentSignal } from './desk-slip.js';
import { NoteSaid, keysOf, type Said } from './note-said.js';
import type { Statement } from './statement.js';

/** What became of a statement. `waiting`: kept under the keyed address until the back office tells who has it. */
export type StatementOutcome = 'recorded' | 'waiting' | 'repeated' | 'unknown-recipient';

/** Who brought statements here, and how. */
export interface BroughtBy {
  /** `user:<account>`. */
  readonly actor: string;
  readonly source: 'operator' | 'import';
  /** The file they came in. */
  readonly importId?: string;
}

/** Brings into the ledger what people said outside of WhatsApp. The same statement twice is one; what is newest wins, as for commands. */
@Injectable()
export class RecordStatements {
  constructor(
    private readonly database: Database,
    private readonly announce: AnnounceConsent,
    private readonly personal: PersonalData,
    private readonly note: NoteSaid,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** One outcome per statement, in their order. All in one transaction. */
  async all(statements: readonly Statement[], by: BroughtBy): Promise<StatementOutcome[]> {
    if (statements.length === 0) return [];
    const { outcomes, changes, news } = await this.database.transaction(async (tx) => {
      const said = await this.match(tx, statements, by);
      const flat = said.flat();
      const ids = [...new Set(flat.flatMap(({ recipient }) => recipient?.recipientId ?? []))];
      const before = by.source === 'operator' ? await consentStates.of(tx, ids) : undefined;
      const { changes, news } = await this.note.all(tx, flat);
      if (before) await this.audit(tx, said, by, before);
      return { changes, news, outcomes: said.map((ones) => outcomeOf(ones, (one) => news.has(one))) };
    });
    this.note.count(news);
    await this.announce.toSenders(changes);
    return outcomes;
  }

  /** What `all` would do, without doing it. */
  async rehearse(statements: readonly Statement[], by: BroughtBy): Promise<StatementOutcome[]> {
    const said = this.behind(statements, await this.known(this.database, statements), by);
    const there = await ledger.present(this.database, said.flat().flatMap(keysOf)); // prettier-ignore
    return said.map((ones) => outcomeOf(ones, (one) => keysOf(one).some((key) => !there.has(key))));
  }

  /** The people of these statements, their rows locked. */
  private async match(tx: Sql, statements: readonly Statement[], by: BroughtBy): Promise<Said[][]> {
    const before = await this.known(tx, statements);
    const isStranger = this.behind(statements, before, by).some((ones) => ones.some(({ recipient }) => recipient === undefined));
    await recipients.lock(tx, isStranger ? 'against writers' : 'as a writer');
    return this.behind(statements, await this.known(tx, statements, 'locked'), by);
  }

  private known(sql: Sql, statements: readonly Statement[], how?: 'locked'): Promise<Recipient[]> {
    const ids = statements.flatMap(({ who }) => ('recipientId' in who ? who.recipientId : []));
    const keys = statements.flatMap(({ who }) => ('e164' in who ? this.personal.addressKeyOfE164(who.e164) : []));
    return recipients.named(sql, ids, keys, how);
  }

  /** Nobody behind a recipient id: no entry. Nobody behind an address: one entry without a recipient. */
  private behind(statements: readonly Statement[], known: readonly Recipient[], by: BroughtBy): Said[][] {
    const byId = new Map(known.map((recipient) => [recipient.recipientId, recipient]));
    const byAddress = Map.groupBy(known, (recipient) => recipient.addressKey);
    return statements.map((statement): Said[] => {
      const { who } = statement;
      const addressKey = 'e164' in who ? this.personal.addressKeyOfE164(who.e164) : '';
      const signal = this.signalOf(statement, 'e164' in who ? addressKey : who.recipientId, by);
      const one = { who: { addressKey, userId: '' }, signal };
      if ('e164' in who) return (byAddress.get(addressKey) ?? [undefined]).map((recipient) => ({ ...one, recipient }));
      const recipient = byId.get(who.recipientId);
      return recipient === undefined ? [] : [{ ...one, recipient }];
    });
  }

  private signalOf(statement: Statement, person: string, by: BroughtBy): ConsentSignal {
    const { who: _, ...fact } = statement;
    return {
      // Keyed, for evidence is people's words. Not by whom it was brought: the same fact is the same line, whoever repeats it.
      key: `statement:${this.personal.digestOf(canonicalJson({ person, ...fact }))}`,
      purposes: statement.purposes,
      change: statement.change,
      atMs: statement.saidAtMs,
      ...(statement.untilMs === undefined ? {} : { untilMs: statement.untilMs }),
      ...(statement.noticeVersion === undefined ? {} : { noticeVersion: statement.noticeVersion }),
      source: by.source,
      evidence: {
        ...statement.evidence,
        recordedBy: by.actor,
        recordedAt: new Date(this.clock.nowMs()).toISOString(),
        ...(by.importId === undefined ? {} : { importId: by.importId }),
      },
      wamidHash: '',
      phoneNumberId: '',
      confirm: false, // they did not write to us: no service window is open
    };
  }

  /** A file is audited once, with its counts; what an operator records, one by one. */
  private async audit(tx: Sql, said: readonly Said[][], by: BroughtBy, before: ReadonlyMap<string, object>): Promise<void> {
    const after = await consentStates.of(tx, [...before.keys()]);
    const digestOf = (consent: object | undefined): string => (consent === undefined ? '' : sha256Hex(canonicalJson(consent)));
    await this.announce.audit(
      tx,
      said.flat().map(({ who, signal, recipient }) => ({
        actor: by.actor,
        action: 'consent.recorded',
        object: recipient === undefined ? `address/${who.addressKey}` : `recipient/${recipient.recipientId}`,
        before: digestOf(recipient && before.get(recipient.recipientId)),
        after: digestOf(recipient && after.get(recipient.recipientId)),
        details: { change: signal.change, purposes: signal.purposes.join(','), said_at: new Date(signal.atMs).toISOString() },
      })),
    );
  }
}

function outcomeOf(ones: readonly Said[], isNews: (one: Said) => boolean): StatementOutcome {
  if (ones.length === 0) return 'unknown-recipient';
  if (!ones.some(isNews)) return 'repeated';
  return ones.some(({ recipient }) => recipient !== undefined) ? 'recorded' : 'waiting';
}
