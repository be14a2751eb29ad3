import { Database, type Sql } from '@daybreak/database';
import { isolate } from '@daybreak/event-bus';
import { LOGGER, metrics, type Logger } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import { PersonalData } from '../people/personal-data.js';
import { ledger } from '../store/consent.repository.js';
import { recipients, type Recipient, type RecipientLock } from '../store/recipient.repository.js';
import { unhandledUpdates } from '../store/unhandled.repository.js';
import { AnnounceConsent } from './announce-consent.js';
import { nameOf, type DeskSlip, type Who } from './desk-slip.js';
import { NoteSaid, type Said } from './note-said.js';
import type { ConsentChange } from './refold.js';
import { isBehind, namesOf } from './who.js';

type Slip<K extends DeskSlip['kind']> = Extract<DeskSlip, { kind: K }>;

/** Recipient ids by `nameOf`; nobody where the person is unknown. */
export type WhoIsWho = ReadonlyMap<string, string>;

/** A batch that Postgres has. */
export interface Committed {
  /** Resolves when the senders have been told of every change. The next batch need not wait for that, an acknowledgement must. Never rejects. */
  readonly sendersTold: Promise<unknown>;
}

/** Told of people as soon as Postgres has named them: before the commit, which may still fail. */
export type OnKnown = (known: WhoIsWho) => void;

/** Whose consent a batch changed, and what in it was new. */
export interface Recorded {
  readonly changes: readonly ConsentChange[];
  readonly news: ReadonlySet<Said>;
}

/** Ends a transaction that found a stranger and did not keep writers away: it would have to take a stronger lock than the one it holds. */
class StrangerAmong extends Error {}

/** Where there was one stranger others may follow. */
const STRANGERS_EXPECTED_MS = 5_000;

/**
 * Brings what a batch of webhooks said of people into Postgres, in one transaction: ledger lines, their fold, the events that follow.
 * Every step may be repeated; a webhook that comes again changes nothing.
 */
@Injectable()
export class RecordSlips {
  /** `performance.now()` until which strangers are expected. */
  private strangersUntilMonoMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly database: Database,
    private readonly announce: AnnounceConsent,
    private readonly personal: PersonalData,
    private readonly note: NoteSaid,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * What the database will never take is set aside, sealed, so that it neither harms what came with it nor comes again for days.
   * @param onKnown called once or twice before this resolves; the first time with everybody, unless the batch has to be taken apart for it
   */
  async all(slips: readonly DeskSlip[], onKnown: OnKnown): Promise<Committed> {
    const known = new Map<string, string>();
    const told: Promise<unknown>[] = [];
    const refused = await isolate(slips, async (part) => {
      const { sendersTold } = await this.some(part, (found) => {
        for (const [name, recipientId] of found) known.set(name, recipientId);
        if (part.length === slips.length) onKnown(known);
      });
      told.push(sendersTold);
    });
    if (refused.length > 0) await this.setAside(refused);
    onKnown(known); // news only of a batch that was taken apart
    return { sendersTold: Promise.all(told) };
  }

  private async setAside(refused: readonly { readonly item: DeskSlip; readonly error: Error }[]): Promise<void> {
    metrics.webhookUnknown.inc({ what: 'refused' }, refused.length);
    for (const { item, error } of refused)
      this.logger.error({ reason: error.message, kind: item.kind }, 'what a webhook said could not be recorded; it is kept');
    await unhandledUpdates.keep(
      this.database,
      refused.map(({ item }) => {
        const json = JSON.stringify(item);
        return {
          digest: this.personal.digestOf(json),
          field: 'refused',
          wabaId: '',
          sealed: this.personal.sealUpdate(Buffer.from(json, 'utf8')),
        };
      }),
    );
  }

  private async some(slips: readonly DeskSlip[], onKnown: OnKnown): Promise<Committed> {
    if (slips.every((slip) => slip.kind === 'who')) {
      const people = namesOf(personsOf(slips));
      onKnown(whoIsWho(slips, await recipients.byPerson(this.database, people.addressKeys, people.userIds)));
      return { sendersTold: Promise.resolve() };
    }
    const { changes, news } = await this.recorded(slips, onKnown);
    this.note.count(news);
    return { sendersTold: this.announce.toSenders(changes) };
  }

  private async recorded(slips: readonly DeskSlip[], onKnown: OnKnown): Promise<Recorded> {
    const isExpected = performance.now() < this.strangersUntilMonoMs;
    try {
      return await this.database.transaction((tx) => this.record(tx, slips, isExpected ? 'against writers' : 'as a writer', onKnown));
    } catch (error) {
      if (!(error instanceof StrangerAmong)) throw error;
      return this.database.transaction((tx) => this.record(tx, slips, 'against writers', onKnown));
    }
  }

  /** All of it, of a transaction that somebody else commits, or does not. Rejects when it finds a stranger and writers are not kept away. */
  async record(tx: Sql, slips: readonly DeskSlip[], lock: RecipientLock, onKnown: OnKnown = () => undefined): Promise<Recorded> {
    const updates = ofKind(slips, 'unhandled').map((slip) => slip.update);
    await unhandledUpdates.keep(tx, updates);
    const people = namesOf(personsOf(slips));
    const signals = ofKind(slips, 'signal');
    const [, known] = await Promise.all([recipients.lock(tx, lock), recipients.byPersonLocked(tx, people.addressKeys, people.userIds)]);
    if (signals.some(({ who }) => !known.some((recipient) => isBehind(who, recipient)))) {
      this.strangersUntilMonoMs = performance.now() + STRANGERS_EXPECTED_MS;
      // It may be a recipient that is being written at this moment: neither would see the other, and a STOP would belong to nobody.
      if (lock === 'as a writer') throw new StrangerAmong();
    }
    onKnown(whoIsWho(slips, known));
    await this.move(tx, ofKind(slips, 'move'), known);
    const said = signals.flatMap(({ who, signal }): Said[] => {
      const behind = known.filter((recipient) => isBehind(who, recipient));
      return (behind.length === 0 ? [undefined] : behind).map((recipient) => ({ who, signal, recipient }));
    });
    return this.note.all(tx, said);
  }

  /** Consent follows the person to the new number or id. */
  private async move(tx: Sql, slips: readonly Slip<'move'>[], known: readonly Recipient[]): Promise<void> {
    if (slips.length === 0) return;
    const moved = slips.flatMap(({ who, move }) =>
      known
        .filter((recipient) => isBehind(who, recipient))
        .map(({ recipientId }) => ({
          recipientId,
          addressKey: move.toAddressKey || null,
          sealedAddress: move.toE164 === '' ? null : this.personal.sealE164(move.toE164, recipientId),
          userId: move.toUserId || null,
        })),
    );
    await recipients.move(tx, moved);
    await this.announce.moved(
      tx,
      moved.map((recipient) => recipient.recipientId),
    );
    await ledger.carryOver(
      tx,
      slips.map(({ who, move }) => ({ ...who, toAddressKey: move.toAddressKey, toUserId: move.toUserId })),
    );
  }
}

const ofKind = <K extends DeskSlip['kind']>(slips: readonly DeskSlip[], kind: K): Slip<K>[] =>
  slips.filter((slip): slip is Slip<K> => slip.kind === kind);

const personsOf = (slips: readonly DeskSlip[]): Who[] => slips.flatMap((slip) => (slip.kind === 'unhandled' ? [] : [slip.who]));

const whoIsWho = (slips: readonly DeskSlip[], known: readonly Recipient[]): WhoIsWho =>
  new Map(
    personsOf(slips).flatMap((who) => {
      const first = known.find((recipient) => isBehind(who, recipient));
      return first === undefined ? [] : [[nameOf(who), first.recipientId] as const];
    }),
  );
