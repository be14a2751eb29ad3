import { CLOCK } from '@daybreak/config';
import { PURPOSES, mayReceive, type ConsentState, type Purpose, type PurposeConsent } from '@daybreak/consent';
import { Database } from '@daybreak/database';
import type { Clock } from '@daybreak/kernel';
import { Inject, Injectable } from '@nestjs/common';
import { PersonalData } from '../people/personal-data.js';
import { consentRecords, type HeldState, type RecordedLine } from '../store/consent-record.repository.js';
import { recipients } from '../store/recipient.repository.js';
import type { Person } from './statement.js';

/** What holds for one purpose. `never_asked`: nothing was ever said, which is a no. */
export interface PurposeView {
  readonly purpose: Purpose;
  readonly state: ConsentState | 'never_asked';
  readonly since: string | null;
  readonly pausedUntil: string | null;
  readonly source: string | null;
  /** At the instant of the answer. */
  readonly mayReceive: boolean;
}

export interface ConsentView {
  readonly recipientId: string;
  readonly version: number;
  readonly purposes: readonly PurposeView[];
}

/** One line of the ledger, without its proof. */
export interface LineView {
  readonly recipientId: string | null;
  readonly purpose: Purpose;
  readonly change: RecordedLine['change'];
  readonly saidAt: string;
  readonly until: string | null;
  readonly source: string;
  readonly noticeVersion: string | null;
  readonly phoneNumberId: string | null;
  readonly recordedAt: string;
}

/** Consent for people to read: what holds, and how it came about. */
@Injectable()
export class ReadConsent {
  constructor(
    private readonly database: Database,
    private readonly personal: PersonalData,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Everybody a person may be: none, or several who share a phone. */
  async of(person: Person): Promise<ConsentView[]> {
    const ids = 'recipientId' in person ? [person.recipientId] : await this.behind(person.e164);
    const rows = Map.groupBy(await consentRecords.states(this.database, ids), (row) => row.recipientId);
    const nowMs = this.clock.nowMs();
    return [...rows].map(([recipientId, held]) => ({
      recipientId,
      version: held[0]?.version ?? 0,
      purposes: PURPOSES.map((purpose) => viewOf(purpose, held.find((row) => row.purpose === purpose), nowMs)), // prettier-ignore
    }));
  }

  /** Undefined for somebody we do not know. */
  async historyOf(recipientId: string): Promise<LineView[] | undefined> {
    const known = await recipients.byId(this.database, [recipientId]);
    return known.has(recipientId) ? (await consentRecords.history(this.database, recipientId)).map(lineView) : undefined;
  }

  private async behind(e164: string): Promise<string[]> {
    const known = await recipients.byPerson(this.database, [this.personal.addressKeyOfE164(e164)], []);
    return known.map(({ recipientId }) => recipientId);
  }
}

function viewOf(purpose: Purpose, row: HeldState | undefined, nowMs: number): PurposeView {
  if (!row?.state || !row.since) return { purpose, state: 'never_asked', since: null, pausedUntil: null, source: null, mayReceive: false };
  const held: PurposeConsent = {
    state: row.state,
    sinceMs: row.since.getTime(),
    ...(row.pausedUntil === null ? {} : { pausedUntilMs: row.pausedUntil.getTime() }),
  };
  return {
    purpose,
    state: row.state,
    since: row.since.toISOString(),
    pausedUntil: row.pausedUntil?.toISOString() ?? null,
    source: row.source,
    mayReceive: mayReceive({ [purpose]: held }, purpose, nowMs),
  };
}

export const lineView = (line: RecordedLine): LineView => ({
  recipientId: line.recipientId,
  purpose: line.purpose,
  change: line.change,
  saidAt: line.saidAt.toISOString(),
  until: line.pausedUntil?.toISOString() ?? null,
  source: line.source,
  noticeVersion: line.noticeVersion,
  phoneNumberId: line.phoneNumberId,
  recordedAt: line.recordedAt.toISOString(),
});
