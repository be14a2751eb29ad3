import { readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import type { Command } from 'commander';
import { Api } from './api.js';
import type { CliConfig } from './cli.config.js';
import { CliError, EXIT } from './exit-code.js';

/** Where a command reads and writes. */
export interface Streams {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/** Flags that every command knows. */
export interface GlobalFlags {
  readonly json?: boolean;
  readonly senderUrl?: string;
  readonly ingestUrl?: string;
  readonly schedulerUrl?: string;
  readonly slaTrackerUrl?: string;
}

/** What a file of commands adds to the program. One file per thing an operator speaks of. */
export type CommandSet = (program: Command, cli: Cli) => void;

/** What commands are made of: the services, and where answers go. */
export class Cli {
  constructor(
    readonly streams: Streams,
    private readonly config: CliConfig,
    private readonly flags: () => GlobalFlags,
  ) {}

  get sender(): Api {
    return this.api('sender', this.flags().senderUrl ?? this.config.DAYBREAK_SENDER_URL);
  }

  get ingest(): Api {
    return this.api('ingest', this.flags().ingestUrl ?? this.config.DAYBREAK_INGEST_URL);
  }

  get scheduler(): Api {
    return this.api('scheduler', this.flags().schedulerUrl ?? this.config.DAYBREAK_SCHEDULER_URL);
  }

  get slaTracker(): Api {
    return this.api('sla-tracker', this.flags().slaTrackerUrl ?? this.config.DAYBREAK_SLA_TRACKER_URL);
  }

  /** The answer: as JSON for machines, or as people read it. Only this goes to stdout. */
  show(answer: unknown, asText: () => string): void {
    this.streams.stdout.write(this.flags().json ? `${JSON.stringify(answer, undefined, 2)}\n` : asText());
  }

  /** What a person wants to know beside the answer. */
  note(text: string): void {
    this.streams.stderr.write(`${text}\n`);
  }

  /** What must not be an argument: read from standard input, asked for where a person sits there. */
  async typed(what: string): Promise<string> {
    const { stdin } = this.streams;
    if ('isTTY' in stdin && stdin.isTTY === true) this.note(`${what}, then Enter and Ctrl-D:`);
    return (await readAll(stdin)).trim();
  }

  fail(error: CliError): void {
    const { message, exitCode, problem } = error;
    this.streams.stderr.write(this.flags().json ? `${JSON.stringify({ error: message, exitCode, problem })}\n` : `daybreak: ${message}\n`);
  }

  private api(service: 'sender' | 'ingest' | 'scheduler' | 'sla-tracker', baseUrl: string | undefined): Api {
    if (baseUrl === undefined)
      throw new CliError(
        `where is ${service}? Set DAYBREAK_${service.toUpperCase().replace('-', '_')}_URL or --${service}-url`,
        EXIT.usage,
      );
    return new Api({ baseUrl, token: this.token(), timeoutMs: this.config.DAYBREAK_TIMEOUT_MS });
  }

  private token(): string | undefined {
    const { DAYBREAK_TOKEN, DAYBREAK_TOKEN_FILE } = this.config;
    if (DAYBREAK_TOKEN !== undefined || DAYBREAK_TOKEN_FILE === undefined) return DAYBREAK_TOKEN;
    try {
      return readFileSync(DAYBREAK_TOKEN_FILE, 'utf8').trim();
    } catch (error) {
      throw new CliError(`DAYBREAK_TOKEN_FILE cannot be read: ${error instanceof Error ? error.message : 'unknown reason'}`, EXIT.usage);
    }
  }
}
