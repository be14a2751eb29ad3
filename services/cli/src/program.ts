import { ConfigError, loadConfig } from '@daybreak/config/load-config'; // without Nest, which would double the time to start
import { Command, CommanderError } from 'commander';
import { Cli, type CommandSet, type GlobalFlags, type Streams } from './cli.js';
import { cliConfig } from './cli.config.js';
import { consentCommands } from './commands/consents.js';
import { queueCommands } from './commands/queues.js';
import { runCommands } from './commands/runs.js';
import { sendCommands } from './commands/send.js';
import { emergencyCommands, shardCommands } from './commands/shards.js';
import { subscriptionCommands } from './commands/subscriptions.js';
import { tokenCommands } from './commands/tokens.js';
import { CliError, EXIT } from './exit-code.js';

/** A service's commands are a file of their own; here they only meet. */
const COMMAND_SETS: readonly CommandSet[] = [
  shardCommands,
  emergencyCommands,
  queueCommands,
  runCommands,
  sendCommands,
  consentCommands,
  subscriptionCommands,
  tokenCommands,
];

/** Runs one command line and says how it ended. Never throws. */
export async function run(argv: readonly string[], streams: Streams, env?: NodeJS.ProcessEnv): Promise<number> {
  const program = new Command('daybreak')
    .description('What operators type. Addresses and token come from the environment: see the README of services/cli.')
    .option('--json', 'print the answer as JSON, errors too')
    .option('--sender-url <url>', 'where the sender answers (DAYBREAK_SENDER_URL)')
    .option('--ingest-url <url>', 'where ingest answers (DAYBREAK_INGEST_URL)')
    .option('--scheduler-url <url>', 'where the scheduler answers (DAYBREAK_SCHEDULER_URL)')
    .option('--sla-tracker-url <url>', 'where the sla-tracker answers (DAYBREAK_SLA_TRACKER_URL)')
    .showHelpAfterError('(daybreak --help tells more)')
    .configureOutput({ writeOut: (text) => void streams.stdout.write(text), writeErr: (text) => void streams.stderr.write(text) })
    .exitOverride();
  try {
    const cli = new Cli(streams, loadConfig(cliConfig, env), () => program.opts<GlobalFlags>());
    for (const addTo of COMMAND_SETS) addTo(program, cli);
    try {
      await program.parseAsync(argv, { from: 'user' });
      return EXIT.ok;
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      cli.fail(error);
      return error.exitCode;
    }
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage; // it has said why
    streams.stderr.write(`daybreak: ${error instanceof Error ? error.message : 'unknown error'}\n`);
    return error instanceof ConfigError ? EXIT.usage : EXIT.failed;
  }
}
