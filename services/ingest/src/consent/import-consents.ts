import { createHash, type Hash } from 'node:crypto';
import { Transform, finished, pipeline, type Readable } from 'node:stream';
import { CLOCK } from '@daybreak/config';
import { Database } from '@daybreak/database';
import { invalid, isAppError, newEventId, type Clock, type Violation } from '@daybreak/kernel';
import { LOGGER, type Logger } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import { parse } from 'csv-parse';
import { AnnounceConsent } from './announce-consent.js';
import { RecordStatements, type BroughtBy, type StatementOutcome } from './record-statements.js';
import { STATEMENT_FIELDS, readStatement, type Statement } from './statement.js';

/** Rows of one transaction: few enough that webhooks do not wait behind it, enough that a commit does not count. */
const ROWS_AT_ONCE = 500;

/** A row longer than this is a quote that somebody forgot to close. */
const LONGEST_ROW_BYTES = 65_536;

const snake = (field: string): string => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const FIELD_OF_COLUMN: ReadonlyMap<string, string> = new Map(STATEMENT_FIELDS.map((field) => [snake(field), field]));

/** Names of fields within a reason. */
const FIELD_NAME = new RegExp(String.raw`\b(?:${STATEMENT_FIELDS.join('|')})\b`, 'g');

/** What a file of wrong rows has beside the rows: it can be corrected and given back as it is. */
const IGNORED_COLUMNS: ReadonlySet<string> = new Set(['error_line', 'error_field', 'error_reason']);

const REQUIRED_COLUMNS = ['purpose', 'change', 'said_at', 'channel'];

/** What is wrong with one row. It is not in; the others are. */
export interface WrongRow extends Violation {
  /** Where the row ends in the file; the header is line 1. */
  readonly line: number;
}

export interface ImportSummary {
  readonly importId: string;
  readonly dryRun: boolean;
  /** False when the end of the file was not reached: what was read is in, and the file may be given again. */
  readonly complete: boolean;
  readonly rows: number;
  readonly recorded: number;
  /** Recorded, for a number that belongs to nobody the back office has told of. */
  readonly waiting: number;
  /** Was there before. */
  readonly repeated: number;
  readonly wrong: number;
  /** Of the bytes that were read. */
  readonly sha256: string;
}

export type ImportReport = { readonly wrongRow: WrongRow } | { readonly summary: ImportSummary };

interface Row {
  readonly line: number;
  /** Undefined where the file stops being CSV: what follows cannot be read. */
  readonly cells: readonly string[] | undefined;
}

/**
 * Consent that was given elsewhere, from a CSV file of any length. Rows go into the ledger as they are read, a batch at a time; what is wrong
 * is reported as it is found, and nothing of the file stays in memory. The same file again changes nothing.
 */
@Injectable()
export class ImportConsents {
  constructor(
    private readonly statements: RecordStatements,
    private readonly announce: AnnounceConsent,
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Reads the header; throws `invalid` when rows under it could not be understood. */
  async open(csv: Readable, options: { readonly actor: string; readonly dryRun: boolean }): Promise<AsyncGenerator<ImportReport>> {
    const hash = createHash('sha256');
    const rows = rowsOf(csv, hash);
    const header = await rows.next();
    if (header.done) throw invalid({ field: 'header', reason: 'is missing: the file is empty' });
    if (header.value.cells === undefined) throw invalid({ field: 'header', ...NO_CSV });
    const columns = readHeader(header.value.cells);
    return this.report(rows, columns, new Tally(newEventId(), options.dryRun, hash), options.actor);
  }

  private async *report(rows: AsyncGenerator<Row>, columns: readonly string[], tally: Tally, actor: string): AsyncGenerator<ImportReport> {
    const by: BroughtBy = { actor, source: 'import', importId: tally.importId };
    if (!tally.dryRun) await this.audit('consent.import-started', tally, actor);
    try {
      let batch: Row[] = [];
      for await (const row of rows) {
        batch.push(row);
        tally.isCut ||= row.cells === undefined;
        if (batch.length < ROWS_AT_ONCE) continue;
        yield* this.batch(batch, columns, tally, by);
        batch = [];
      }
      yield* this.batch(batch, columns, tally, by);
      tally.complete = !tally.isCut;
    } catch (error) {
      this.logger.error({ err: error }, 'an import of consent stopped');
      yield { wrongRow: { line: tally.line + 1, ...STOPPED } };
    } finally {
      // Also when whoever sent the file has gone away: what was read is in.
      if (!tally.dryRun) await this.audit('consent.imported', tally, actor);
    }
    yield { summary: tally.summary };
  }

  private async *batch(rows: readonly Row[], columns: readonly string[], tally: Tally, by: BroughtBy): AsyncGenerator<ImportReport> {
    const nowMs = this.clock.nowMs();
    const read = rows.map((row) => statementOf(row, columns, nowMs));
    const good = read.flatMap(({ statement }) => statement ?? []);
    const outcomes = (tally.dryRun ? await this.statements.rehearse(good, by) : await this.statements.all(good, by)).values();
    for (const { line, statement, violations } of read) {
      const wrong = statement === undefined ? violations : tally.count(outcomes.next().value);
      if (wrong.length > 0) tally.wrong += 1;
      for (const violation of wrong) yield { wrongRow: { line, ...violation } };
    }
    tally.rows += rows.length;
    tally.line = rows.at(-1)?.line ?? tally.line;
  }

  private async audit(action: string, tally: Tally, actor: string): Promise<void> {
    const { importId, dryRun: _, ...counts } = tally.summary;
    const details = action === 'consent.imported' ? Object.fromEntries(Object.entries(counts).map(([k, v]) => [snake(k), String(v)])) : {};
    await this.announce.audit(this.database, [{ actor, action, object: `consent-import/${importId}`, details }]);
  }
}

const NO_CSV = { reason: 'from here on the file is no CSV: a quote is not closed, or a row is longer than 64 KiB' };
const STOPPED: Violation = { field: 'file', reason: 'the import stopped here; what came before is in. Give the file again' };
const UNKNOWN_RECIPIENT: Violation = { field: 'recipient_id', reason: 'names nobody the back office has told of' };

class Tally {
  rows = 0;
  wrong = 0;
  /** The last line whose row is in. */
  line = 1;
  isCut = false;
  complete = false;
  private readonly outcomes: Record<StatementOutcome, number> = { recorded: 0, waiting: 0, repeated: 0, 'unknown-recipient': 0 };

  constructor(
    readonly importId: string,
    readonly dryRun: boolean,
    private readonly hash: Hash,
  ) {}

  /** What is wrong with a row, judging by its outcome. */
  count(outcome: StatementOutcome | undefined): Violation[] {
    if (outcome !== undefined) this.outcomes[outcome] += 1;
    return outcome === 'unknown-recipient' ? [UNKNOWN_RECIPIENT] : [];
  }

  get summary(): ImportSummary {
    const { importId, dryRun, complete, rows, wrong, outcomes } = this;
    const { recorded, waiting, repeated } = outcomes;
    return { importId, dryRun, complete, rows, recorded, waiting, repeated, wrong, sha256: this.hash.copy().digest('hex') };
  }
}

/** Rows as they come, no faster than they are taken. */
async function* rowsOf(csv: Readable, hash: Hash): AsyncGenerator<Row> {
  const hashed = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  let brokenAtLine = Number.POSITIVE_INFINITY;
  const parser = parse({
    bom: true,
    info: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true, // a row with too few or too many cells is wrong; the file is not
    relax_quotes: true,
    max_record_size: LONGEST_ROW_BYTES,
    // An error of the parser would throw away what it has read and not given yet.
    skip_records_with_error: true,
    on_skip: (error) => {
      brokenAtLine = Math.min(brokenAtLine, Number(error?.['lines'] ?? 0));
      return undefined;
    },
  });
  // Not in the pipeline: that would end the request together with the parser, and with it the connection the report goes out on.
  finished(csv, (error) => error && hashed.destroy(error));
  pipeline(csv.pipe(hashed), parser, () => undefined); // an error reaches the loop below through the parser
  let line = 0;
  for await (const { info, record } of parser as AsyncIterable<{ info: { lines: number }; record: string[] }>) {
    if (info.lines > brokenAtLine) break;
    line = info.lines;
    yield { line, cells: record };
  }
  if (Number.isFinite(brokenAtLine)) yield { line: line + 1, cells: undefined };
}

/** The statement's field of each column, '' for one that is ignored. A wrong name is not repeated: a file without a header begins with somebody's number. */
function readHeader(cells: readonly string[]): string[] {
  const names = cells.map((cell) => cell.toLowerCase());
  const violations: Violation[] = [];
  names.forEach((name, index) => {
    const field = `header, column ${index + 1}`;
    if (!FIELD_OF_COLUMN.has(name) && !IGNORED_COLUMNS.has(name))
      violations.push({ field, reason: `must be one of ${[...FIELD_OF_COLUMN.keys()].join(', ')}` });
    else if (names.indexOf(name) !== index) violations.push({ field, reason: 'is there twice' });
  });
  for (const name of REQUIRED_COLUMNS) if (!names.includes(name)) violations.push({ field: 'header', reason: `${name} is missing` });
  if (!names.includes('recipient_id') && !names.includes('phone_number'))
    violations.push({ field: 'header', reason: 'recipient_id or phone_number is missing' });
  if (violations.length > 0) throw invalid(...violations);
  return names.map((name) => FIELD_OF_COLUMN.get(name) ?? '');
}

interface ReadRow {
  readonly line: number;
  readonly statement?: Statement;
  readonly violations: readonly Violation[];
}

function statementOf({ line, cells }: Row, columns: readonly string[], nowMs: number): ReadRow {
  const wrong = (...violations: Violation[]): ReadRow => ({ line, violations });
  if (cells === undefined) return wrong({ field: 'row', ...NO_CSV });
  if (cells.length !== columns.length)
    return wrong({ field: 'row', reason: `has ${cells.length} cells, the header has ${columns.length}` });
  const filled = columns.flatMap((field, index) => (field === '' || !cells[index] ? [] : [[field, cells[index]] as const]));
  try {
    return { line, statement: readStatement(Object.fromEntries(filled), nowMs), violations: [] };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return wrong(...error.violations.map(({ field, reason }) => ({ field: snake(field), reason: reason.replaceAll(FIELD_NAME, snake) })));
  }
}
