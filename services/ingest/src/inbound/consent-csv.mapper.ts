import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import type { ProvenLineView } from '../consent/export-consent.js';
import type { LineView } from '../consent/read-consent.js';

const LINE_COLUMNS = [
  'recipient_id',
  'purpose',
  'change',
  'said_at',
  'until',
  'source',
  'notice_version',
  'phone_number_id',
  'recorded_at',
];
const PROOF_COLUMNS = ['channel', 'wording', 'further_evidence'];

const cellsOf = (line: LineView): (string | null)[] => [
  line.recipientId,
  line.purpose,
  line.change,
  line.saidAt,
  line.until,
  line.source,
  line.noticeVersion,
  line.phoneNumberId,
  line.recordedAt,
];

/** Where it was said, in which words, and what else was kept. */
function proofOf({ evidence }: ProvenLineView): (string | null)[] {
  if (evidence === null) return [null, null, null];
  const { channel, source, wording, text, payload, ...rest } = evidence as Readonly<Record<string, string | null>>;
  return [channel ?? source ?? 'whatsapp', wording ?? text ?? payload ?? null, JSON.stringify(rest)];
}

export const linesAsCsv = (lines: AsyncIterable<LineView>): Readable =>
  asCsv(LINE_COLUMNS, Readable.from(lines).map(cellsOf)); // prettier-ignore

export const provenLinesAsCsv = (lines: readonly ProvenLineView[]): Readable =>
  asCsv([...LINE_COLUMNS, ...PROOF_COLUMNS], Readable.from(lines.map((line) => [...cellsOf(line), ...proofOf(line)])));

/** One JSON document a line. */
export const asJsonLines = (documents: AsyncIterable<unknown>): Readable =>
  Readable.from(documents).map((document) => `${JSON.stringify(document)}\n`);

/** People open these in a spreadsheet: what begins like a formula is quoted, so that it stays a text. */
const asCsv = (columns: string[], rows: Readable): Readable =>
  rows.compose(stringify({ header: true, columns, escape_formulas: true, bom: true })) as Readable;
