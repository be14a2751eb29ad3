import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { allTopics } from '@daybreak/contracts';
import { Kafka, logLevel } from 'kafkajs';
import { launchServices, prepareNamespace, type LaunchedServices, type LaunchOptions, type PreparedNamespace } from '../src/index.js';

const stack = {
  databaseUrl: process.env['TEST_DATABASE_URL'] ?? '',
  redisUrl: process.env['TEST_REDIS_URL'] ?? '',
  kafkaBrokers: process.env['TEST_KAFKA_BROKERS'] ?? '',
};

/** The only service of a small clone made here: it answers with its environment, has one migration, and ends when asked to. */
const ECHO = join(import.meta.dirname, 'fixtures', 'echo');

describe('services launched against a stack', () => {
  let repositoryRoot: string;
  let namespace: PreparedNamespace;
  let launched: LaunchedServices | undefined;

  beforeAll(async () => {
    repositoryRoot = mkdtempSync(join(tmpdir(), 'clone-'));
    cpSync(join(ECHO, 'main.mjs'), join(repositoryRoot, 'services', 'echo', 'dist', 'main.js'));
    cpSync(
      join(ECHO, 'migration.sql'),
      join(repositoryRoot, 'services', 'echo', 'prisma', 'migrations', '202601010000_init', 'migration.sql'),
    );
    symlinkSync(join(import.meta.dirname, '..', '..', '..', 'node_modules'), join(repositoryRoot, 'node_modules'));
    namespace = await prepareNamespace(stack, `ls${process.pid}`, ['echo', 'no-such-service'], { repositoryRoot, partitions: 1 });
  }, 30_000);

  afterEach(async () => {
    await launched?.stopAll();
    launched = undefined;
  }, 60_000);

  afterAll(() => rmSync(repositoryRoot, { recursive: true, force: true }));

  const launch = async (over: Partial<LaunchOptions> = {}): Promise<LaunchedServices> => {
    launched = await launchServices({
      stack,
      namespace,
      services: [{ name: 'echo' }],
      logDir: join(repositoryRoot, 'logs'),
      repositoryRoot,
      ...over,
    });
    return launched;
  };
  const ask = async (url: string | undefined, path: string): Promise<Record<string, string>> =>
    (await (await fetch(`${url}${path}`)).json()) as Record<string, string>;

  it('are ready when the call returns, with what belongs to them and nothing of the launcher’s own', async () => {
    process.env['LAUNCHER_SECRET'] = 'stays here';

    const { urls, clockSpec } = await launch({
      services: [{ name: 'echo' }, { name: 'echo', instance: 'echo-2', env: (all) => ({ FRIEND: all['echo'] ?? '' }) }],
      clockSpec: { at: '2026-11-22T05:58:30+05:30', speed: 10, startsInMs: 1_000 },
    });
    const [first, second] = await Promise.all([ask(urls['echo'], '/env'), ask(urls['echo-2'], '/env')]);

    expect(first).toMatchObject({ NAMESPACE: namespace.name, KAFKA_BROKERS: stack.kafkaBrokers, REDIS_URL: stack.redisUrl });
    expect(first?.['ADDRESS_PEPPER']).toBe(namespace.secrets['ADDRESS_PEPPER']);
    expect([first?.['DAYBREAK_CLOCK'], second?.['DAYBREAK_CLOCK']]).toEqual([clockSpec, clockSpec]);
    expect(second?.['FRIEND']).toBe(urls['echo']);
    expect(first).not.toHaveProperty('LAUNCHER_SECRET');
  }, 60_000);

  it('reach their own schema as their own role, with their migrations applied, and no other', async () => {
    const { urls } = await launch();

    expect(Object.keys(namespace.databaseUrls)).toEqual(['echo']);
    await expect(ask(urls['echo'], '/sql?q=insert+into+heard+values+(1)+returning+n')).resolves.toEqual([{ n: 1 }]);
    await expect(ask(urls['echo'], '/sql?q=create+table+mine()')).resolves.toEqual({ error: expect.stringMatching(/permission denied/) });
  }, 60_000);

  it('find the topics of the catalogue in their own namespace', async () => {
    const admin = new Kafka({ clientId: 'test', brokers: stack.kafkaBrokers.split(','), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();

    expect(await admin.listTopics()).toEqual(expect.arrayContaining(allTopics.map((topic) => `${namespace.name}.${topic.name}`)));
    await admin.disconnect();
  });

  it('come back on the same port and at the same virtual time after kill -9', async () => {
    const { urls, kill, restart, isRunning, crashes } = await launch({ clockSpec: { at: '2026-11-22T05:58:30+05:30', speed: 10 } });
    const before = await ask(urls['echo'], '/env');

    await kill('echo');
    expect(isRunning('echo')).toBe(false);
    await restart('echo');
    const after = await ask(urls['echo'], '/env');

    expect(after).toEqual(before);
    expect(crashes).toEqual([]);
  }, 60_000);

  it('report a crash with the end of their log, and start again where that is wanted', async () => {
    const { urls, crashes, isRunning } = await launch({ restartCrashed: true });

    await fetch(`${urls['echo']}/crash`).catch(() => undefined);
    await eventually(() => crashes.length === 1 && isRunning('echo'));

    expect(crashes[0]).toEqual({ instance: 'echo', how: 'exit code 70', logTail: expect.stringContaining('something broke') });
    await eventually(() => fetch(`${urls['echo']}/env`).then((response) => response.ok, () => false)); // prettier-ignore
  }, 60_000);

  it('are all stopped by SIGTERM, in good order', async () => {
    const { stopAll, isRunning } = await launch();

    await stopAll();

    expect(isRunning('echo')).toBe(false);
    expect(readFileSync(join(repositoryRoot, 'logs', 'echo.log'), 'utf8').trimEnd()).toMatch(/SIGTERM$/);
  }, 60_000);

  it('do not start halfway: the first that fails is named, with its log, and the others are ended', async () => {
    const launching = launch({
      services: [{ name: 'echo' }, { name: 'echo', instance: 'broken', env: { REFUSE: 'KAFKA_BROKERS: is required' } }],
    });

    await expect(launching).rejects.toThrow(/^broken ended \(exit code 1\) before it was ready\n[^]*KAFKA_BROKERS: is required/);
  }, 60_000);

  it('must have been built', async () => {
    mkdirSync(join(repositoryRoot, 'services', 'unbuilt'), { recursive: true });

    await expect(launch({ services: [{ name: 'unbuilt' }] })).rejects.toThrow('services/unbuilt is not built: run "npm run build"');
  });
});

async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('not within 20 s');
    await sleep(50);
  }
}
