import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newLocalToken } from '@daybreak/access';
import { topics } from '@daybreak/contracts';
import { aConsentChanged, aPhoneNumber, aShardState, aTemplateState, eventually, testPrivacy } from '@daybreak/testing';
import { startPod, type PodProcess } from './pod-process.js';
import { clockSpec, PHONE_1, senderWorld, type SenderWorld } from './sender-world.js';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const operator = newLocalToken('night-shift', ['operator']);
const viewer = newLocalToken('wall-screen', ['viewer']);
const testPhone = aPhoneNumber();
const TESTER = 'staff-asha';

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The program as it is installed, as a process of its own, against a sender that is one too. */
describe('daybreak, the program', () => {
  let world: SenderWorld;
  let pod: PodProcess;

  const daybreak = async (argv: readonly string[], over: Readonly<Record<string, string>> = {}, typed = ''): Promise<Ended> => {
    const child = spawn(join(ROOT, 'node_modules', '.bin', 'daybreak'), argv, {
      env: {
        PATH: `${join(ROOT, 'node_modules', '.bin')}:${process.env['PATH']}`,
        DAYBREAK_SENDER_URL: `http://127.0.0.1:${pod.port}`,
        DAYBREAK_TOKEN: operator.token,
        ...over,
      },
    });
    child.stdin.end(typed);
    const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: await ended, out, err };
  };

  beforeAll(async () => {
    execFileSync('npx', ['nx', 'run-many', '-t', 'build', '-p', '@daybreak/cli,@daybreak/sender', '--outputStyle=static'], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    world = await senderWorld();
    await world.stack.publish(topics.shardState, aShardState({ shardId: 'shard-1', phoneNumberId: PHONE_1, allowedRate: 10 }));
    await world.stack.publish(topics.templateState, aTemplateState({ language: 'en' }));
    await world.stack.publish(topics.consentChanged, aConsentChanged(TESTER));
    pod = await startPod(
      world.podEnv(clockSpec(8_000, 1), {
        SHARD_ORDINAL: '0',
        LOG_LEVEL: 'error',
        ACCESS_TOKENS: `${operator.entry},${viewer.entry}`,
        TEST_RECIPIENTS: `${TESTER}:${testPrivacy.addressKeys.keyOf(testPhone)}`,
      }),
    );
    await world.plan(600, 1_000);
    await eventually(() => expect(world.meta.accepted.length).toBeGreaterThan(5), { timeoutMs: 40_000 });
  }, 120_000);

  afterAll(async () => {
    pod.signal('SIGTERM');
    await pod.gone;
    await world.stop();
  }, 60_000);

  it('shows the numbers, for people and for machines', async () => {
    const [forPeople, forMachines] = await Promise.all([daybreak(['shards', 'list']), daybreak(['shards', 'list', '--json'])]);

    expect(forPeople).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^SHARD +STATE[^\n]+\nshard-1 +active/) });
    expect(JSON.parse(forMachines.out)).toMatchObject({ shards: [{ shardId: 'shard-1', epoch: 1, owner: expect.any(String) }] });
  });

  it('shows the queues and their Redis', async () => {
    expect(await daybreak(['queues'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/master[\s\S]+noeviction[\s\S]+slice\.shard-1/),
    });
  });

  it('stops everything, and goes on', async () => {
    expect(await daybreak(['kill-switch', 'on', '--reason', 'wrong pack'])).toMatchObject({ code: 0, err: '' });
    const endedMs = Date.now();

    await eventually(() => expect(Date.now() - (world.meta.accepted.at(-1)?.atMs ?? 0)).toBeGreaterThan(3_000), { timeoutMs: 20_000 });
    expect((world.meta.accepted.at(-1)?.atMs ?? 0) - endedMs).toBeLessThan(2_000);
    expect((await daybreak(['shards', 'list'])).out).toContain('STOPPED by the kill switch (user:night-shift: wrong pack)');

    const before = world.meta.accepted.length;
    expect((await daybreak(['kill-switch', 'off', '--reason', 'right pack'])).code).toBe(0);
    await eventually(() => expect(world.meta.accepted.length).toBeGreaterThan(before), { timeoutMs: 10_000 });
  }, 60_000);

  it('sends a test message to an operator’s own phone, typed, not passed', async () => {
    const sent = await daybreak(
      ['send', '--recipient', TESTER, '--template', 'daily_pack_v1', '--param', 'name=Asha', '--address-stdin'],
      {},
      `${testPhone}\n`,
    );

    expect(sent).toMatchObject({ code: 0, out: expect.stringContaining('ACCEPTED') });
    expect(world.meta.accepted.filter(({ to }) => to === testPhone)).toHaveLength(1);
    expect(sent.out + sent.err).not.toContain(testPhone.slice(-8));
  }, 30_000);

  it.each<[string, string[], Readonly<Record<string, string>>, number]>([
    ['1 when the service cannot', ['shards', 'pause', 'shard-9', '--reason', 'x'], {}, 1],
    ['2 when it was typed wrongly', ['shards', 'pause'], {}, 2],
    ['3 without the role', ['kill-switch', 'on', '--reason', 'x'], { DAYBREAK_TOKEN: viewer.token }, 3],
    ['3 without a token', ['shards', 'list'], { DAYBREAK_TOKEN: '' }, 3],
    ['4 when nobody answers', ['shards', 'list'], { DAYBREAK_SENDER_URL: 'http://127.0.0.1:1' }, 4],
  ])('ends with %s', async (_, argv, env, code) => {
    const ended = await daybreak(argv, env);

    expect(ended).toMatchObject({ code, out: '', err: expect.stringMatching(/\S/) });
    expect(ended.err).not.toContain('dbk_');
  });
});
