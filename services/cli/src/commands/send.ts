import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { InvalidArgumentError } from 'commander';
import { z } from 'zod';
import type { Cli, CommandSet } from '../cli.js';
import { CliError, EXIT } from '../exit-code.js';
import { table } from '../table.js';

const message = z.looseObject({
  messageId: z.string(),
  recipientId: z.string(),
  phoneNumberId: z.string(),
  template: z.string(),
  test: z.boolean(),
  state: z.string(),
  attempt: z.number(),
  errorCode: z.number(),
  reason: z.string(),
});
type Message = z.output<typeof message>;

interface SendFlags {
  readonly recipient: string;
  readonly template: string;
  readonly language: string;
  readonly param?: Readonly<Record<string, string>>;
  readonly image?: string;
  readonly shard?: string;
  readonly addressStdin?: boolean;
  readonly key?: string;
  readonly wait: number;
}

const LOOK_EVERY_MS = 300;

/** States in which something may still happen soon. */
const OPEN = new Set(['QUEUED', 'CLAIMED']);

/** One message, now. */
export const sendCommands: CommandSet = (program, cli) => {
  program
    .command('send')
    .description('send one approved template to one person who agreed, ahead of the campaign')
    .requiredOption('--recipient <id>', 'whom to send to')
    .requiredOption('--template <name>', 'an approved template')
    .option('--language <code>', 'of the template', 'en')
    .option('--param <name=value>', 'a variable of the body; repeat it for each', collectParam)
    .option('--image <url>', 'image of the header, of an origin in MEDIA_ORIGINS')
    .option('--shard <id>', 'from this number; otherwise the one that the recipient knows')
    .option('--address-stdin', 'read the phone number of an allow-listed test recipient from standard input, never from the command line')
    .option('--key <text>', 'Idempotency-Key: the same one again sends nothing again; otherwise a new one')
    .option('--wait <seconds>', 'how long to wait for the answer of WhatsApp; 0: not at all', secondsOf, 15)
    .action(async (flags: SendFlags) => {
      const queued = await cli.sender.post('/messages', message, {
        headers: { 'idempotency-key': flags.key ?? randomUUID() },
        body: {
          recipientId: flags.recipient,
          template: { name: flags.template, language: flags.language, bodyParameters: flags.param ?? {}, imageUrl: flags.image },
          shardId: flags.shard,
          address: flags.addressStdin ? await cli.typed('phone number') : undefined,
        },
      });
      tell(cli, await settled(cli, queued, flags.wait * 1_000));
    });

  program
    .command('message <id>')
    .description('what became of a message that was sent by `send`')
    .action(async (id: string) => tell(cli, await cli.sender.get(`/messages/${encodeURIComponent(id)}`, message)));
};

async function settled(cli: Cli, queued: Message, waitMs: number): Promise<Message> {
  const untilMs = performance.now() + waitMs;
  let latest = queued;
  while (OPEN.has(latest.state) && performance.now() < untilMs) {
    await pause(LOOK_EVERY_MS);
    latest = await cli.sender.get(`/messages/${latest.messageId}`, message);
  }
  return latest;
}

function tell(cli: Cli, latest: Message): void {
  cli.show(latest, () =>
    table(
      ['MESSAGE', 'RECIPIENT', 'TEMPLATE', 'FROM', 'STATE', 'ATTEMPT', 'CODE', 'REASON'],
      [
        [
          latest.messageId,
          latest.recipientId,
          latest.template,
          latest.phoneNumberId,
          latest.state,
          latest.attempt,
          latest.errorCode === 0 ? '' : String(latest.errorCode),
          latest.reason,
        ],
      ],
    ),
  );
  if (['FAILED', 'SUPPRESSED', 'EXPIRED'].includes(latest.state))
    throw new CliError(`the message was not sent: ${latest.state}${latest.reason === '' ? '' : `, ${latest.reason}`}`, EXIT.failed);
  if (latest.state !== 'ACCEPTED') cli.note(`not settled yet; look again with: daybreak message ${latest.messageId}`);
}

function collectParam(given: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [, name, value] = /^([a-z0-9_]+)=(.+)$/is.exec(given) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('Write it as name=value.');
  return { ...before, [name]: value };
}

function secondsOf(given: string): number {
  const seconds = Number(given);
  if (Number.isFinite(seconds) && seconds >= 0 && seconds <= 600) return seconds;
  throw new InvalidArgumentError('0 to 600 seconds.');
}
