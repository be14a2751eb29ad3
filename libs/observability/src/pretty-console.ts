import { Chalk } from 'chalk';
import type { DestinationStream } from 'pino';

/** The sky over India at six in the morning; tag and colour of every line that a person reads. */
const TAG = '[WHATSAPP-0EA5E9]';
const TAG_COLOUR = '#0EA5E9';

const MARK: Readonly<Record<string, string>> = { warn: '⚠️  ', error: '❌ ', fatal: '❌ ' };
const NOT_REPEATED = new Set(['level', 'time', 'service', 'pid', 'context', 'msg', 'err', 'error']);

/** `[WHATSAPP-0EA5E9] 📩 06:00 delivery: 847/850 sent successfully (99.6%)`, further fields behind it in grey. */
export function prettyConsole(output: DestinationStream, colourLevel: 0 | 1 | 2 | 3 = new Chalk().level): DestinationStream {
  const chalk = new Chalk({ level: colourLevel });
  return {
    write(line: string) {
      const entry = JSON.parse(line) as Record<string, unknown>;
      const level = String(entry['level']);
      const message = `${MARK[level] ?? ''}${typeof entry['msg'] === 'string' ? entry['msg'] : ''}`;
      const error = (entry['err'] ?? entry['error']) as { stack?: string; message?: string } | undefined;
      const fields = Object.entries(entry)
        .filter(([key]) => !NOT_REPEATED.has(key))
        .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
      const parts = [
        chalk.hex(TAG_COLOUR)(TAG),
        level === 'error' || level === 'fatal' ? chalk.red(message) : level === 'warn' ? chalk.yellow(message) : message,
        ...(fields.length > 0 ? [chalk.grey(fields.join(' '))] : []),
      ];
      output.write(`${parts.join(' ')}\n${error === undefined ? '' : `${chalk.grey(error.stack ?? error.message ?? '')}\n`}`);
    },
  };
}
