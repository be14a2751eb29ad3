import { Readable } from 'node:stream';
import { describe, expect, it, jest } from '@jest/globals';
import type { Database } from '@daybreak/database';
import { manualClock } from '@daybreak/kernel';
import { createLogger } from '@daybreak/observability';
import type { AnnounceConsent } from './announce-consent.js';
import { ImportConsents, type ImportReport, type ImportSummary, type WrongRow } from './import-consents.js';
import type { RecordStatements, StatementOutcome } from './record-statements.js';
import type { Statement } from './statement.js';

const HEADER = 'recipient_id,purpose,change,said_at,channel\n';
const row = (id: string, purpose = 'content'): string => `${id},${purpose},stop,2026-10-01T09:30:00+05:30,branch\n`;

function setup(failsAtBatch = Number.POSITIVE_INFINITY) {
  const recorded: string[] = [];
  let batches = 0;
  const all = async (statements: readonly Statement[]): Promise<StatementOutcome[]> => {
    batches += 1;
    if (batches >= failsAtBatch) throw new Error('the database went away');
    recorded.push(...statements.map(({ who }) => ('recipientId' in who ? who.recipientId : '')));
    return statements.map(() => 'recorded');
  };
  const announce = { audit: jest.fn<AnnounceConsent['audit']>().mockResolvedValue() };
  const sut = new ImportConsents(
    { all } as unknown as RecordStatements,
    announce as unknown as AnnounceConsent,
    {} as Database,
    manualClock(Date.parse('2026-11-22T06:00:00+05:30')),
    createLogger('test', { level: 'silent' }),
  );
  const run = async (...parts: string[]): Promise<{ wrong: WrongRow[]; summary: ImportSummary | undefined }> => {
    const reports: ImportReport[] = [];
    const csv = Readable.from(parts.map((part) => Buffer.from(part)));
    for await (const report of await sut.open(csv, { actor: 'user:desk', dryRun: false })) reports.push(report);
    return {
      wrong: reports.flatMap((report) => ('wrongRow' in report ? report.wrongRow : [])),
      summary: reports.flatMap((report) => ('summary' in report ? report.summary : []))[0],
    };
  };
  return { run, recorded, announce };
}

describe(ImportConsents.name, () => {
  it('reads a file however it is cut into pieces', async () => {
    const file = HEADER + row('a') + row('b') + row('c');
    const { run, recorded } = setup();

    const { summary } = await run(...file);

    expect(recorded).toEqual(['a', 'b', 'c']);
    expect(summary).toMatchObject({ rows: 3, recorded: 3, complete: true });
  });

  it('keeps every row before a quote that nobody closed, and says where that is', async () => {
    const ids = Array.from({ length: 40 }, (_, n) => `r${n}`);
    const { run, recorded } = setup();

    const { wrong, summary } = await run(HEADER + ids.map((id) => row(id)).join('') + 'x,"content,stop\n' + row('y'));

    expect(recorded).toEqual(ids);
    expect(wrong).toEqual([{ line: 42, field: 'row', reason: expect.stringContaining('quote') }]);
    expect(summary).toMatchObject({ recorded: 40, wrong: 1, complete: false });
  });

  it('does not wait for the end of a row that never ends', async () => {
    const { run, recorded } = setup();

    const { summary } = await run(HEADER + row('a'), `b,"${'x'.repeat(70_000)}`, row('c'));

    expect(recorded).toEqual(['a']);
    expect(summary).toMatchObject({ complete: false });
  });

  it('stops where the database does, says so, and audits what went in', async () => {
    const { run, recorded, announce } = setup(2);

    const { wrong, summary } = await run(HEADER, ...Array.from({ length: 1_200 }, (_, n) => row(`r${n}`)));

    expect(recorded).toHaveLength(500);
    expect(wrong).toEqual([{ line: 502, field: 'file', reason: expect.stringContaining('again') }]);
    expect(summary).toMatchObject({ rows: 500, recorded: 500, complete: false });
    expect(announce.audit.mock.calls.map(([, [entry]]) => [entry?.action, entry?.details?.['recorded']])).toEqual([
      ['consent.import-started', undefined],
      ['consent.imported', '500'],
    ]);
  });
});
