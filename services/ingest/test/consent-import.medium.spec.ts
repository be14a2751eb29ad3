import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newLocalToken } from '@daybreak/access';
import { topics, type AuditRecorded } from '@daybreak/contracts';
import type { Database } from '@daybreak/database';
import { aPhoneNumber, aRecipientUpserted, eventually, testStack, type TestStack, type Watched } from '@daybreak/testing';
import type { ImportReport, ImportSummary, WrongRow } from '../src/consent/import-consents.js';
import { startIngestProcess, type IngestProcess } from './ingest-process.js';

const operator = newLocalToken('desk', ['operator']);
const HEADER = 'phone_number,recipient_id,purpose,change,said_at,channel,wording,notice_version\n';
const SAID_AT = '2026-10-01T09:30:00+05:30';

const MANY_ROWS = 200_000;
const WRONG_EVERY = 100;
/** What the live heap may have grown from the second quarter of the file to the last. Held as objects, that half is some 70 MB. */
const FLAT_BYTES = 48 * 1_048_576;

describe('an import of consent', () => {
  let stack: TestStack;
  let database: Database;
  let ingest: IngestProcess;
  let audits: Watched<AuditRecorded>;

  beforeAll(async () => {
    stack = await testStack({ services: ['ingest'] });
    database = stack.database('ingest');
    audits = await stack.watch(topics.auditRecorded);
    ingest = await startIngestProcess(stack.env('ingest', { ACCESS_TOKENS: operator.entry }));
  }, 120_000);

  afterAll(async () => {
    await ingest.stop();
    await stack.stop();
  });

  const send = (body: string | ReadableStream, query = ''): Promise<Response> =>
    fetch(`${ingest.url}/consents/import${query}`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${operator.token}`, 'content-type': 'text/csv' },
      duplex: 'half',
    });
  const importing = async (
    body: string | ReadableStream,
    query = '',
  ): Promise<{ wrong: WrongRow[]; summary: ImportSummary | undefined }> => {
    const response = await send(body, query);
    expect(response.status).toBe(200);
    const reports = (await response.text()).trim().split('\n').map((line) => JSON.parse(line) as ImportReport); // prettier-ignore
    return {
      wrong: reports.flatMap((report) => ('wrongRow' in report ? report.wrongRow : [])),
      summary: reports.flatMap((report) => ('summary' in report ? report.summary : []))[0],
    };
  };
  const known = async (): Promise<string> => {
    const recipient = aRecipientUpserted({ optIns: [] });
    await stack.publish(topics.recipientUpserted, recipient);
    await eventually(async () =>
      expect(await database.query('select 1 from recipient where recipient_id = $1', [recipient.recipientId])).toHaveLength(1),
    );
    return recipient.recipientId;
  };
  const stateOf = async (recipientId: string): Promise<string | undefined> =>
    (
      await database.query<{ state: string }>(`select state from consent_state where recipient_id = $1 and purpose = 'content'`, [
        recipientId,
      ])
    )[0]?.state;
  const lines = async (): Promise<number> => (await database.query<{ n: number }>('select count(*) as n from consent_event'))[0]?.n ?? 0;

  it('takes the good rows and says of the others where and what is wrong; corrected, they go in by themselves', async () => {
    const [one, two] = [await known(), await known()];
    const stranger = aPhoneNumber();
    const file = [
      `,${one},content,start,${SAID_AT},branch,"Yes, daily",2026-09`,
      `,${two},content,start,yesterday,branch,Yes,2026-09`,
      `${stranger},,all,stop,${SAID_AT},call-centre,,`,
      `,nobody-at-all,content,start,${SAID_AT},branch,Yes,2026-09`,
      `,${two},content,start,${SAID_AT},branch,,`,
      `too,few,cells`,
    ];

    const { wrong, summary } = await importing(HEADER + file.join('\n'));

    expect(wrong).toEqual([
      { line: 3, field: 'said_at', reason: expect.stringContaining('ISO 8601') },
      { line: 5, field: 'recipient_id', reason: expect.stringContaining('nobody') },
      { line: 6, field: 'wording', reason: expect.stringContaining('words') },
      { line: 6, field: 'notice_version', reason: expect.stringContaining('notice') },
      { line: 7, field: 'row', reason: 'has 3 cells, the header has 8' },
    ]);
    expect(summary).toMatchObject({ rows: 6, recorded: 1, waiting: 1, repeated: 0, wrong: 4, complete: true, dryRun: false });
    expect([await stateOf(one), await stateOf(two)]).toEqual(['opted_in', undefined]);

    const corrected = `error_line,error_field,error_reason,${HEADER}3,said_at,must be …,,${two},content,start,${SAID_AT},branch,Yes,2026-09\n`;
    expect((await importing(corrected)).summary).toMatchObject({ rows: 1, recorded: 1, wrong: 0 });
    expect(await stateOf(two)).toBe('opted_in');
    await eventually(() =>
      expect(audits.events.filter((a) => a.object === `consent-import/${summary?.importId}`)).toMatchObject([
        { actor: 'user:desk', action: 'consent.import-started' },
        { actor: 'user:desk', action: 'consent.imported', details: { rows: '6', recorded: '1', wrong: '4', sha256: summary?.sha256 } },
      ]),
    );
  });

  it('changes nothing when the same file comes again, nor when it is only rehearsed', async () => {
    const recipientId = await known();
    const file = `${HEADER},${recipientId},content,start,${SAID_AT},branch,Yes,2026-09\n${aPhoneNumber()},,content,stop,${SAID_AT},branch,,\n`;
    const before = await lines();

    expect((await importing(file, '?dryRun=true')).summary).toMatchObject({ recorded: 1, waiting: 1, repeated: 0, dryRun: true });
    expect(await lines()).toBe(before);
    expect((await importing(file)).summary).toMatchObject({ recorded: 1, waiting: 1, repeated: 0 });
    expect(await lines()).toBe(before + 2);
    expect((await importing(file, '?dryRun=true')).summary).toMatchObject({ recorded: 0, waiting: 0, repeated: 2 });
    expect((await importing(file)).summary).toMatchObject({ recorded: 0, waiting: 0, repeated: 2 });
    expect(await lines()).toBe(before + 2);
  });

  it.each([
    ['an empty file', '', ['header']],
    ['a file without a header', '+919812345678,,content,start,2026-10-01T09:30:00Z,branch,Yes,1\n', 8],
    ['a header without what a row needs', 'recipient_id,purpose\n', ['header', 'header', 'header']],
    ['a header with a column twice', `${HEADER.trim()},purpose\n`, ['header, column 9']],
  ])('refuses %s with 400, and repeats nothing of it', async (_, file, fields) => {
    const response = await send(file);
    const text = await response.text();

    expect(response.status).toBe(400);
    const errors = (JSON.parse(text) as { errors: { field: string }[] }).errors.map(({ field }) => field);
    if (typeof fields === 'number') expect(errors.length).toBeGreaterThanOrEqual(fields);
    else expect(errors).toEqual(fields);
    expect(text).not.toContain('9812345678');
  });

  it('keeps what stands before a quote that nobody closed, and says where it stopped', async () => {
    const recipientId = await known();

    const { wrong, summary } = await importing(
      `${HEADER},${recipientId},content,start,${SAID_AT},branch,Yes,2026-09\n,${recipientId},ai,start,${SAID_AT},branch,"Yes,2026-09\n`,
    );

    expect(wrong).toEqual([{ line: 3, field: 'row', reason: expect.stringContaining('quote') }]);
    expect(summary).toMatchObject({ recorded: 1, complete: false });
    expect(await stateOf(recipientId)).toBe('opted_in');
  });

  it('refuses what is no CSV by its type', async () => {
    const response = await fetch(`${ingest.url}/consents/import`, {
      method: 'POST',
      body: '{}',
      headers: { authorization: `Bearer ${operator.token}`, 'content-type': 'application/json' },
    });

    expect(response.status).toBe(415);
  });

  it(`takes ${MANY_ROWS} rows in flat memory`, async () => {
    const recipientIds = await Promise.all(Array.from({ length: 20 }, known));
    const heapBytes = async (): Promise<number> => {
      const metrics = await (await fetch(`${ingest.url}/metrics`)).text();
      const gauge = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1]);
      return gauge('nodejs_heap_size_used_bytes') + gauge('nodejs_external_memory_bytes');
    };
    const before = await lines();
    const file = async function* () {
      yield HEADER;
      for (let from = 0; from < MANY_ROWS; from += 1_000) {
        yield Array.from({ length: 1_000 }, (_, i) => {
          const n = from + i;
          const who = n % 10 === 0 ? `,${recipientIds[n % recipientIds.length]}` : `+9170${String(n).padStart(8, '0')},`;
          const saidAt = n % WRONG_EVERY === 7 ? 'soon' : new Date(Date.parse(SAID_AT) + n * 1_000).toISOString();
          return `${who},content,start,${saidAt},branch,"Yes, send me the daily pack, every morning at six",2026-09\n`;
        }).join('');
      }
    };
    const samples: number[] = [];
    const sampling = setInterval(() => void heapBytes().then((bytes) => samples.push(bytes)), 250);

    const response = await send(ReadableStream.from(file()).pipeThrough(new TextEncoderStream()));
    const text = await response.text();
    clearInterval(sampling);

    const reports = text.trim().split('\n');
    const { summary } = JSON.parse(reports.at(-1) ?? '') as { summary: ImportSummary };

    expect(summary).toMatchObject({ rows: MANY_ROWS, wrong: MANY_ROWS / WRONG_EVERY, complete: true });
    expect(summary.recorded + summary.waiting).toBe(MANY_ROWS - MANY_ROWS / WRONG_EVERY);
    expect(reports).toHaveLength(MANY_ROWS / WRONG_EVERY + 1);
    expect(await lines()).toBe(before + MANY_ROWS - MANY_ROWS / WRONG_EVERY);
    const quarter = Math.floor(samples.length / 4);
    const live = (part: readonly number[]): number => Math.min(...part); // just after a collection; the rest is garbage's swing
    expect(live(samples.slice(-quarter)) - live(samples.slice(quarter, 2 * quarter))).toBeLessThan(FLAT_BYTES);
  }, 240_000);
});
