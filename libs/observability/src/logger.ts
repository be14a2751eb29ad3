import { pino, type DestinationStream, type Logger } from 'pino';
import { prettyConsole } from './pretty-console.js';
import { scrubLine } from './scrub-line.js';

export type { Logger };

/** For machines, or for a person. */
export type LogFormat = 'json' | 'pretty';

/** What is logged, how and to where. */
export interface LoggerOptions {
  /** pino level; `info` when not given. */
  readonly level?: string | undefined;
  /** `json`, one object per line, when not given; `pretty` for a person at a terminal. */
  readonly format?: LogFormat | undefined;
  /** Where the lines go; standard output when not given. */
  readonly destination?: DestinationStream | undefined;
}

/** Key names that never carry anything a log may hold, at the top and one level below. */
const NEVER_LOGGED = [
  'authorization',
  'token',
  'access_token',
  'password',
  'secret',
  'phone_number',
  'phone',
  'to',
  'wa_id',
  'wamid',
  'address',
];

/**
 * The logger of one process. Every finished line, messages, nested fields, error messages and stacks included, passes the scrubber:
 * the last net, not an excuse to log personal data.
 */
export function createLogger(service: string, options: LoggerOptions = {}): Logger {
  const output = options.destination ?? pino.destination({ fd: 1, sync: true }); // synchronous: a crash must not eat its own reason
  return pino(
    {
      level: options.level ?? 'info',
      base: { service, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: NEVER_LOGGED.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
      serializers: { err: pino.stdSerializers.errWithCause, error: pino.stdSerializers.errWithCause },
      hooks: { streamWrite: scrubLine },
    },
    options.format === 'pretty' ? prettyConsole(output) : output,
  );
}
