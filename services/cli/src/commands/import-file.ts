import { createReadStream, createWriteStream } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { stringify } from 'csv-stringify';
import { z } from 'zod';
import type { Cli } from '../cli.js';
import { CliError, EXIT } from '../exit-code.js';

const wrongRow = z.object({ line: z.number(), field: z.string(), reason: z.string() });
const summary = z.looseObject({
  importId: z.string(),
  complete: z.boolean(),
  rows: z.number(),
  recorded: z.number(),
  waiting: z.number(),
  repeated: z.number(),
  wrong: z.number(),
});
const report = z.union([z.object({ wrongRow }), z.object({ summary })]);
type WrongRow = z.output<typeof wrongRow>;

const ERROR_COLUMNS = ['error_line', 'error_field', 'error_reason'];

/** The service counts lines as this parser does; both have to read the file alike. */
const CSV = {
  bom: true,
  info: true,
  trim: true,
  skip_empty_lines: true,
  relax_column_count: true,
  relax_quotes: true,
  skip_records_with_error: true,
} as const;

/** Sends a file as it is read, and puts the rows that are wrong into another one, with what is wrong with them. */
export async function importConsents(
  cli: Cli,
  { file, dryRun, errorsFile }: { readonly file: string; readonly dryRun: boolean; readonly errorsFile: string },
): Promise<void> {
  if (!(await isReadable(file))) throw new CliError(`${file} cannot be read, or is no file`, EXIT.usage);
  const response = await cli.ingest.send('POST', `/consents/import?dryRun=${dryRun}`, {
    body: Readable.toWeb(createReadStream(file)),
    headers: { 'content-type': 'text/csv' },
  });
  const { wrong, counts } = await reportOf(response);
  if (wrong.size > 0) await writeErrors(file, wrong, errorsFile);
  cli.show(counts, () => {
    const { rows, recorded, waiting, repeated } = counts;
    const verb = dryRun ? 'would be recorded' : 'recorded';
    return `${rows} rows read: ${recorded} ${verb}, ${waiting} ${verb} for numbers that are not known yet, ${repeated} were there before, ${counts.wrong} are wrong\n`;
  });
  if (!counts.complete) throw new CliError('the file was not read to its end; what was read is in, and it may be given again', EXIT.failed);
  if (wrong.size > 0) throw new CliError(`the wrong rows are in ${errorsFile}: correct them there and import that file`, EXIT.unwell);
}

const isReadable = (file: string): Promise<boolean> =>
  access(file, constants.R_OK).then(
    async () => !(await stat(file)).isDirectory(),
    () => false,
  );

async function reportOf(response: Response): Promise<{ wrong: Map<number, WrongRow[]>; counts: z.output<typeof summary> }> {
  const wrong = new Map<number, WrongRow[]>();
  let counts: z.output<typeof summary> | undefined;
  if (response.body) {
    const input = Readable.fromWeb(response.body);
    for await (const text of createInterface({ input })) {
      const one = report.parse(JSON.parse(text));
      if ('summary' in one) counts = one.summary;
      else wrong.set(one.wrongRow.line, [...(wrong.get(one.wrongRow.line) ?? []), one.wrongRow]);
    }
  }
  if (counts === undefined)
    throw new CliError('the answer was cut off; what was read is in, and the file may be given again', EXIT.unreachable);
  return { wrong, counts };
}

/** The wrong rows as they were, what is wrong in front. Where the file stops being CSV, so does this. */
async function writeErrors(file: string, wrong: ReadonlyMap<number, readonly WrongRow[]>, errorsFile: string): Promise<void> {
  const rows = async function* () {
    let ignored: ReadonlySet<number> | undefined; // a file of errors has these columns already
    const withoutErrors = (record: readonly string[]): string[] => record.filter((_, index) => !ignored?.has(index));
    for await (const { info, record } of recordsOf(file)) {
      if (ignored === undefined) {
        ignored = new Set(record.flatMap((name, index) => (ERROR_COLUMNS.includes(name.toLowerCase()) ? [index] : [])));
        yield [...ERROR_COLUMNS, ...withoutErrors(record)];
        continue;
      }
      const found = wrong.get(info.lines) ?? [];
      const told = [String(info.lines), found.map(({ field }) => field).join('; '), found.map(({ reason }) => reason).join('; ')];
      if (found.length > 0) yield [...told, ...withoutErrors(record)];
    }
  };
  await pipeline(Readable.from(rows()), stringify(), createWriteStream(errorsFile, { mode: 0o600 }));
}

const recordsOf = (file: string): AsyncIterable<{ info: { lines: number }; record: string[] }> =>
  createReadStream(file).pipe(parse(CSV)) as AsyncIterable<{ info: { lines: number }; record: string[] }>;
