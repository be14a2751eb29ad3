import { open, unlink, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { InvalidArgumentError, type Command } from 'commander';
import { z } from 'zod';
import type { Cli, CommandSet } from '../cli.js';
import { CliError, EXIT } from '../exit-code.js';
import { table } from '../table.js';
import { importConsents } from './import-file.js';

const consent = z.looseObject({
  recipientId: z.string(),
  version: z.number(),
  purposes: z.array(
    z.looseObject({
      purpose: z.string(),
      state: z.string(),
      since: z.string().nullable(),
      pausedUntil: z.string().nullable(),
      source: z.string().nullable(),
      mayReceive: z.boolean(),
    }),
  ),
});
type Consent = z.output<typeof consent>;

const line = z.looseObject({
  purpose: z.string(),
  change: z.string(),
  saidAt: z.string(),
  until: z.string().nullable(),
  source: z.string(),
  noticeVersion: z.string().nullable(),
  recordedAt: z.string(),
});

const lookup = z.looseObject({ recipients: z.array(consent) });
const recorded = z.looseObject({ outcome: z.string(), recipients: z.array(consent) });
const history = z.looseObject({ lines: z.array(line) });
const erased = z.looseObject({ recipientIds: z.array(z.string()), lines: z.number() });

interface WhoFlags {
  readonly phone?: boolean;
}

/** What people said yes and no to. A phone number is never an argument: a command line is seen by everybody on the machine, and kept. */
export const consentCommands: CommandSet = (program, cli) => {
  const consents = program.command('consents').description('what people said yes and no to, with its evidence');

  withPerson(consents.command('get').description('what holds now, purpose by purpose')).action(
    async (id: string | undefined, flags: WhoFlags) => {
      const person = await personOf(cli, id, flags);
      const found =
        'recipientId' in person
          ? [await cli.ingest.get(`/consents/recipients/${encodeURIComponent(person.recipientId)}`, consent)]
          : (await cli.ingest.post('/consents/lookup', lookup, { body: person })).recipients;
      if (found.length === 0) throw new CliError('the back office has told of nobody with this number', EXIT.failed);
      cli.show(found, () => states(found));
    },
  );

  consents
    .command('history')
    .description('how it came about, oldest first')
    .argument('<recipient>', 'id of the recipient')
    .action(async (id: string) => {
      const answer = await cli.ingest.get(`/consents/recipients/${encodeURIComponent(id)}/history`, history);
      cli.show(answer, () =>
        table(
          ['said at', 'purpose', 'change', 'until', 'source', 'notice', 'recorded at'],
          answer.lines.map((one) => [one.saidAt, one.purpose, one.change, one.until, one.source, one.noticeVersion, one.recordedAt]),
        ),
      );
    });

  withPerson(consents.command('record').description('record what somebody said outside of WhatsApp'))
    .requiredOption('--purpose <purpose>', 'content, marketing or ai; all, but for a yes')
    .requiredOption('--change <change>', 'start, stop, pause or resume')
    .requiredOption('--channel <channel>', 'where it was said: web-form, branch, call-centre …')
    .requiredOption('--said-at <instant>', 'when it was said, with its offset: 2026-11-22T10:00:00+05:30')
    .option('--until <instant>', 'when a pause ends by itself')
    .option('--wording <words>', 'the words that were agreed to; a yes needs them')
    .option('--notice-version <version>', 'of the notice that was shown; a yes needs it')
    .option('--language <code>', 'of the notice')
    .option('--proof <reference>', 'where the proof itself lies')
    .action(async (id: string | undefined, { phone, ...said }: WhoFlags & Readonly<Record<string, string>>) => {
      const person = await personOf(cli, id, phone === undefined ? {} : { phone });
      const answer = await cli.ingest.post('/consents', recorded, { body: { ...person, ...said } });
      cli.show(
        answer,
        () => `${OUTCOME[answer.outcome] ?? answer.outcome}\n${answer.recipients.length === 0 ? '' : states(answer.recipients)}`,
      );
    });

  consents
    .command('import')
    .description(`record a CSV file of statements; ends with ${EXIT.unwell} when rows are wrong, and writes those to a file of their own`)
    .argument('<file>', 'the CSV file; its columns are described by ingest at /docs')
    .option('--dry-run', 'say what would happen, change nothing')
    .option('--errors <file>', 'where wrong rows go, to be corrected and imported (default: <file>.errors.csv)')
    .action((file: string, { dryRun, errors }: { dryRun?: boolean; errors?: string }) =>
      importConsents(cli, { file, dryRun: dryRun === true, errorsFile: errors ?? `${file}.errors.csv` }),
    );

  consents
    .command('export')
    .description('everything of one person, for that person; or, with --from and --to, every line of a span of time, for an audit')
    .argument('[recipient]', 'id of the recipient')
    .option('--from <day>', 'a day, or an instant with its offset')
    .option('--to <day>', 'the first day, or instant, that is not included')
    .option('--format <format>', 'json (of a span: a document a line) or csv', formatOf, 'json')
    .option('--out <file>', 'where it goes; otherwise it is printed')
    .action(async (id: string | undefined, { from, to, format, out }: { from?: string; to?: string; format: string; out?: string }) => {
      if ((id === undefined) === (from === undefined || to === undefined))
        throw new CliError('give a recipient, or --from and --to', EXIT.usage);
      const path =
        id === undefined
          ? `/consents/export?${new URLSearchParams({ from: from ?? '', to: to ?? '', format: format === 'json' ? 'ndjson' : format }).toString()}`
          : `/consents/recipients/${encodeURIComponent(id)}/export?format=${format}`;
      const contents = async (): Promise<Readable> => {
        const { body } = await cli.ingest.send('GET', path);
        return body === null ? Readable.from([]) : Readable.fromWeb(body);
      };
      if (out === undefined) await pipeline(await contents(), cli.streams.stdout, { end: false });
      else await writeNew(out, contents);
    });

  withPerson(consents.command('erase').description('forget a person for ever; tell the back office first, or it brings them back'))
    .requiredOption('--yes', 'it cannot be undone')
    .action(async (id: string | undefined, flags: WhoFlags) => {
      const answer = await cli.ingest.post('/consents/erasures', erased, { body: await personOf(cli, id, flags) });
      cli.show(
        answer,
        () => `forgotten: ${answer.recipientIds.join(', ') || 'somebody nobody knew'}; ${answer.lines} lines of the ledger\n`,
      );
    });
};

const OUTCOME: Readonly<Record<string, string>> = {
  recorded: 'recorded',
  repeated: 'was recorded before; nothing changed',
  waiting: 'recorded for this number; it takes effect when the back office tells whose it is',
};

const withPerson = (command: Command): Command =>
  command.argument('[recipient]', 'id of the recipient').option('--phone', 'instead of an id, read a phone number from stdin');

async function personOf(cli: Cli, id: string | undefined, { phone }: WhoFlags): Promise<{ recipientId: string } | { phoneNumber: string }> {
  if ((id === undefined) === (phone !== true)) throw new CliError('give a recipient, or --phone and the number on stdin', EXIT.usage);
  return id === undefined ? { phoneNumber: await cli.typed('phone number') } : { recipientId: id };
}

/** Before the service is asked, whose answer goes into an audit log. Personal data: for us alone, over nothing else, and no half of it stays. */
async function writeNew(path: string, contents: () => Promise<Readable>): Promise<void> {
  const file = await newFile(path);
  try {
    await pipeline(await contents(), file.createWriteStream());
  } catch (error) {
    await unlink(path);
    throw error;
  } finally {
    await file.close();
  }
}

async function newFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    throw new CliError(code === 'EEXIST' ? `${path} exists, and nothing is written over` : `${path} cannot be written`, EXIT.usage);
  }
}

const states = (found: readonly Consent[]): string =>
  table(
    ['recipient', 'purpose', 'state', 'may receive', 'since', 'until', 'source'],
    found.flatMap(({ recipientId, purposes }) =>
      purposes.map((one) => [recipientId, one.purpose, one.state, one.mayReceive, one.since, one.pausedUntil, one.source]),
    ),
  );

function formatOf(text: string): string {
  if (text === 'json' || text === 'csv') return text;
  throw new InvalidArgumentError('json or csv.');
}
