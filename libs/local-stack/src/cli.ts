import { once } from 'node:events';
import { reasonOf } from '@daybreak/kernel';
import { startStack } from './start-stack.js';

const USAGE = `usage: node libs/local-stack/dist/cli.js up

Starts PostgreSQL, Redis and Kafka (what the environment does not already name), prints their addresses as variables to
export, and keeps them until Ctrl-C. STACK=docker or STACK=processes says how.
`;

if (process.argv[2] !== 'up' || process.argv.length > 3) {
  process.stderr.write(USAGE);
  process.exit(2);
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);
// kafkajs computes negative time-outs, of which newer Nodes warn; nobody at a terminal can do anything about it.
process.removeAllListeners('warning').on('warning', (warning) => {
  if (warning.name !== 'TimeoutNegativeWarning') say(`${warning.name}: ${warning.message}`);
});

const goodbye = Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
setInterval(() => undefined, 60_000); // the stack itself does not keep a process going

try {
  const starting = startStack({ log: say });
  const stack = await Promise.race([starting, goodbye.then(() => undefined)]);
  if (stack) {
    process.stdout.write(
      `export DATABASE_URL='${stack.databaseUrl}'\nexport REDIS_URL='${stack.redisUrl}'\nexport KAFKA_BROKERS='${stack.kafkaBrokers}'\n`,
    );
    say('Ready. Ctrl-C stops everything and removes its data.');
    await goodbye;
    await stack.stop();
  }
} catch (error) {
  say(reasonOf(error));
  process.exitCode = 1;
}
process.exit(); // a start that was interrupted goes no further; the reaper ends what it began
