import { execFileSync } from 'node:child_process';

/**
 * One Postgres, one Redis and one Kafka for all medium tests of a run; each test file takes its own namespace in them.
 * Jest's workers inherit the addresses through the environment.
 */
export default async function startStackForTests() {
  execFileSync('npx', ['nx', 'run-many', '-t', 'build', '--projects', 'libs/*', '--outputStyle=static'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const { startStack } = await import('@daybreak/local-stack'); // only now: the line above builds it
  const stack = await startStack({});
  process.env.TEST_DATABASE_URL = stack.databaseUrl;
  process.env.TEST_REDIS_URL = stack.redisUrl;
  process.env.TEST_KAFKA_BROKERS = stack.kafkaBrokers;
  globalThis.__daybreakTestStack = stack; // for stop-stack.mjs, in this same process
}
