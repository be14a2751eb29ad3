import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newLocalToken } from '@daybreak/access';
import { topics, type AuditRecorded } from '@daybreak/contracts';
import { needsScrubbing } from '@daybreak/privacy';
import { aPhoneNumber, aRecipientUpserted, aWabaState, eventually, testStack, type TestStack, type Watched } from '@daybreak/testing';
import { startIngestProcess, startProcess, type ServiceProcess } from './ingest-process.js';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const OURS = 'https://hooks.example.in/webhooks/whatsapp';
/** As the simulator has them by itself. */
const [APP_ID, WABA_ID, NUMBER_ID] = ['1032457986104517', '102290129340398', '106540352242921'] as const;
const CLOUD_API_TOKEN = 'simulator-of-this-test';

const viewer = newLocalToken('wall-screen', ['viewer']);
const operator = newLocalToken('night-shift', ['operator']);
const dpo = newLocalToken('privacy-desk', ['dpo']);

const SAID = ['--channel', 'branch', '--said-at', '2026-11-20T10:00:00+05:30'];
const OFFERS = ['--purpose', 'marketing', '--change', 'start', '--wording', 'Yes, offers too', '--notice-version', '2026-10'];
const NO = ['--purpose', 'all', '--change', 'stop'];
const HEADER = 'phone_number,recipient_id,purpose,change,said_at,channel,wording,notice_version';

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The program as it is installed, against an ingest that is a process of its own, real stores, and a stand-in for Meta. */
describe('daybreak consents and subscriptions', () => {
  let stack: TestStack;
  let meta: ServiceProcess;
  let ingest: ServiceProcess;
  let somebodyElse: Server;
  let audits: Watched<AuditRecorded>;
  let folder: string;

  const daybreak = async (by: { readonly token: string } | undefined, argv: readonly string[], typed = ''): Promise<Ended> => {
    const child = spawn(join(ROOT, 'node_modules', '.bin', 'daybreak'), argv, {
      env: {
        PATH: `${join(ROOT, 'node_modules', '.bin')}:${process.env['PATH']}`,
        DAYBREAK_INGEST_URL: ingest.url,
        ...(by === undefined ? {} : { DAYBREAK_TOKEN: by.token }),
      },
    });
    child.stdin.end(typed);
    const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: await ended, out, err };
  };
  const consents = (by: { readonly token: string } | undefined, argv: readonly string[], typed = '') =>
    daybreak(by, ['consents', ...argv], typed);
  const subscriptions = (by: { readonly token: string } | undefined, ...argv: string[]) => daybreak(by, ['subscriptions', ...argv]);

  const known = async (): Promise<{ id: string; e164: string }> => {
    const e164 = aPhoneNumber();
    const { recipientId } = await publish(e164);
    await eventually(async () => expect((await consents(viewer, ['get', recipientId])).code).toBe(0));
    return { id: recipientId, e164 };
  };
  const publish = async (e164: string) => {
    const recipient = aRecipientUpserted({ address: { case: 'phoneNumber', value: e164 } });
    await stack.publish(topics.recipientUpserted, recipient);
    return recipient;
  };
  /** The row of a purpose, without who and when. */
  const stateOf = async (id: string, purpose: string): Promise<string | undefined> =>
    new RegExp(`^${id} +${purpose} +(\\w+) `, 'm').exec((await consents(viewer, ['get', id])).out)?.[1];
  const file = async (name: string, ...rows: string[]): Promise<string> => {
    await writeFile(join(folder, name), [HEADER, ...rows, ''].join('\n'));
    return join(folder, name);
  };
  const audited = (action: string, object: string): number =>
    audits.events.filter((event) => event.action === action && event.object.includes(object)).length;

  beforeAll(async () => {
    execFileSync('npx', ['nx', 'build', '@daybreak/cli', '--outputStyle=static'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
    folder = await mkdtemp(join(tmpdir(), 'daybreak-cli-'));
    somebodyElse = createServer((request, response) =>
      response.end(new URL(request.url ?? '', 'http://x').searchParams.get('hub.challenge')),
    ).listen(0, '127.0.0.1');
    stack = await testStack({ services: ['ingest'] });
    audits = await stack.watch(topics.auditRecorded);
    meta = await startProcess('cloud-api-simulator', {
      ...{ HTTP_PORT: '0', HTTP_HOST: '127.0.0.1', LOG_LEVEL: 'warn', SIM_LEDGER_FILE: join(folder, 'ledger.ndjson') },
      ...{ SIM_ACCESS_TOKEN: CLOUD_API_TOKEN, SIM_APP_SECRET: 'of-the-app', SIM_WEBHOOK_URL: OURS },
    });
    ingest = await startIngestProcess(
      stack.env('ingest', {
        ACCESS_TOKENS: [viewer.entry, operator.entry, dpo.entry].join(','),
        ...{ CLOUD_API_BASE_URL: meta.url, CLOUD_API_TOKEN, CLOUD_API_APP_ID: APP_ID, CLOUD_API_APP_SECRET: 'of-the-app' },
        WEBHOOK_PUBLIC_URL: OURS,
      }),
    );
  }, 180_000);

  afterAll(async () => {
    await Promise.all([ingest.stop(), meta.stop()]);
    await stack.stop();
    somebodyElse.close();
    await rm(folder, { recursive: true });
  });

  it('shows what somebody said, by id or by a number that is typed', async () => {
    const { id, e164 } = await known();

    const byId = await consents(viewer, ['get', id]);
    const byNumber = await consents(viewer, ['get', '--phone'], `${e164}\n`);

    expect(byId).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(new RegExp(`^recipient +purpose[^\\n]+\\n${id} +content +opted_in +yes`)),
    });
    expect(byNumber).toEqual(byId);
    expect((await consents(viewer, ['history', id])).out).toMatch(/^said at[^\n]+\n\S+ +content +start +– +back-office +2026-10/);
  });

  it('records a yes once, and a no after it', async () => {
    const { id } = await known();

    const first = await consents(operator, ['record', id, ...OFFERS, ...SAID]);
    const again = await consents(operator, ['record', id, ...OFFERS, ...SAID]);
    expect([first.code, first.out.split('\n')[0], again.code, again.out.split('\n')[0]]).toEqual([
      ...[0, 'recorded', 0],
      'was recorded before; nothing changed',
    ]);
    expect(await stateOf(id, 'marketing')).toBe('opted_in');

    expect(
      (await consents(operator, ['record', id, ...NO, '--channel', 'call-centre', '--said-at', '2026-11-21T10:00:00+05:30'])).code,
    ).toBe(0);
    expect(await Promise.all(['content', 'marketing', 'ai'].map((purpose) => stateOf(id, purpose)))).toEqual(Array(3).fill('opted_out'));
    await eventually(() => expect(audited('consent.recorded', id)).toBeGreaterThanOrEqual(2));
  });

  it('keeps a no of a number that nobody knows until somebody does', async () => {
    const e164 = aPhoneNumber();

    expect(await consents(operator, ['record', '--phone', ...NO, ...SAID], e164)).toEqual({
      code: 0,
      out: 'recorded for this number; it takes effect when the back office tells whose it is\n',
      err: '',
    });
    const { recipientId } = await publish(e164);
    await eventually(async () => expect(await stateOf(recipientId, 'content')).toBe('opted_out'));
  });

  it('imports a file, gives the wrong rows back, and takes them corrected', async () => {
    const [asha, ravi] = [await known(), await known()];
    const path = await file(
      'opt-ins.csv',
      `,${asha.id},marketing,start,2026-11-01T10:00:00+05:30,web-form,"Yes, offers",2026-10`,
      `${ravi.e164},,marketing,start,2026-11-01T10:00:00+05:30,web-form,,2026-10`,
      '98,,content,stop,yesterday,web-form,,',
    );

    expect(await consents(operator, ['import', path, '--dry-run'])).toMatchObject({
      code: 5,
      out: expect.stringMatching(/^3 rows read: 1 would be/),
    });
    expect(await stateOf(asha.id, 'marketing')).toBe('never_asked');

    const imported = await consents(operator, ['import', path]);
    expect(imported).toMatchObject({ code: 5, out: expect.stringMatching(/^3 rows read: 1 recorded.*2 are wrong/) });
    expect(imported.err).toContain(`${path}.errors.csv`);
    expect(await stateOf(asha.id, 'marketing')).toBe('opted_in');
    const errors = await readFile(`${path}.errors.csv`, 'utf8');
    expect(errors).toMatch(/^3,wording,/m);
    expect(errors).toMatch(/^4,(phone_number; said_at|said_at; phone_number),/m);

    const [head = '', row = ''] = errors.split('\n');
    await writeFile(`${path}.errors.csv`, `${head}\n${row.replace(',web-form,,', ',web-form,"Yes, offers",')}\n`);
    expect((await consents(operator, ['import', `${path}.errors.csv`])).code).toBe(0);
    expect(await stateOf(ravi.id, 'marketing')).toBe('opted_in');
  });

  it('exports a person to a new file that only its owner may read, and asks for nothing when there is one already', async () => {
    const { id, e164 } = await known();
    const path = join(folder, 'record.json');

    expect(await consents(dpo, ['export', id, '--out', path])).toEqual({ code: 0, out: '', err: '' });
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
      recipientId: id,
      phoneNumber: e164,
      consent: [{ purpose: 'content' }],
    });
    expect((await stat(path)).mode & 0o777).toBe(0o600);

    expect(await consents(dpo, ['export', id, '--out', path])).toMatchObject({ code: 2, err: expect.stringContaining('exists') });
    await eventually(() => expect(audited('consent.exported', id)).toBe(1));
  });

  it('leaves no file of an export that was refused', async () => {
    const path = join(folder, 'refused.json');

    expect((await consents(operator, ['export', 'adv-1', '--out', path])).code).toBe(3);
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });

  it('exports a span of time without numbers', async () => {
    const { id } = await known();

    const { code, out } = await consents(dpo, ['export', '--from', '2026-01-01', '--to', '2100-01-01', '--format', 'csv']);

    expect([code, out.includes(`\n${id},content,start,`), needsScrubbing(out)]).toEqual([0, true, false]);
  });

  it('forgets a person, when told twice that it shall', async () => {
    const { id, e164 } = await known();

    expect((await consents(dpo, ['erase', id])).code).toBe(2);
    expect(await consents(dpo, ['erase', '--phone', '--yes'], e164)).toMatchObject({
      code: 0,
      out: `forgotten: ${id}; 1 lines of the ledger\n`,
    });
    expect(await consents(viewer, ['get', id])).toMatchObject({
      code: 1,
      err: 'daybreak: the back office has told of no such recipient\n',
    });
  });

  it.each<[string, { readonly token: string } | undefined, string[], number, RegExp]>([
    ['nobody', undefined, ['consents', 'get', 'adv-1'], 3, /no token: set DAYBREAK_TOKEN/],
    ['a stranger', { token: 'dbk_of-somebody-else' }, ['consents', 'get', 'adv-1'], 3, /./],
    ['a viewer who records', viewer, ['consents', 'record', 'adv-1', ...NO, ...SAID], 3, /needs the role operator/],
    ['an operator who exports', operator, ['consents', 'export', 'adv-1'], 3, /needs the role dpo/],
    ['an operator who erases', operator, ['consents', 'erase', 'adv-1', '--yes'], 3, /needs the role dpo/],
    ['a viewer who verifies', viewer, ['subscriptions', 'verify'], 3, /needs the role operator/],
    ['nobody told of', operator, ['consents', 'record', 'nobody', ...NO, ...SAID], 1, /no such recipient/],
    [
      'a yes to everything',
      operator,
      ['consents', 'record', 'a', '--purpose', 'all', '--change', 'start', ...SAID],
      1,
      /one purpose at a time/,
    ],
    [
      'words that are none of ours',
      operator,
      ['consents', 'record', 'a', '--purpose', 'x', '--change', 'y', ...SAID],
      1,
      /purpose: must[^]+change: must/,
    ],
    ['no person', operator, ['consents', 'record', ...NO, ...SAID], 2, /give a recipient, or --phone/],
    ['no number', viewer, ['consents', 'get', '--phone'], 1, /phoneNumber: is not a phone number/],
    ['half a span', dpo, ['consents', 'export', '--from', '2026-11-01'], 2, /--from and --to/],
    ['a folder for a file', operator, ['consents', 'import', tmpdir()], 2, /is no file/],
    ['a file that is not there', operator, ['consents', 'import', '/nowhere.csv'], 2, /cannot be read/],
    ['a WABA that there is not', operator, ['subscriptions', 'resubscribe', '999'], 1, /no such WABA/],
  ])('ends as the README says for %s', async (_, by, argv, code, said) => {
    const ended = await daybreak(by, argv);

    expect(ended).toEqual({ code, out: '', err: expect.stringMatching(said) });
  });

  it('finds that a number was given an address of its own, and takes it back', async () => {
    await stack.publish(topics.wabaState, aWabaState({ wabaId: WABA_ID }));
    await eventually(async () =>
      expect((await subscriptions(viewer, 'list')).out).toMatch(new RegExp(`^${WABA_ID} +subscribed +${OURS} +–`, 'm')),
    );
    const theirs = `http://127.0.0.1:${(somebodyElse.address() as AddressInfo).port}/hook`;
    const overridden = await fetch(`${meta.url}/v24.0/${NUMBER_ID}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${CLOUD_API_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ webhook_configuration: { override_callback_uri: theirs, verify_token: 'theirs' } }),
    });
    expect(overridden.status).toBe(200);

    expect(await subscriptions(operator, 'verify')).toEqual({
      code: 5,
      out: expect.stringMatching(new RegExp(`^${WABA_ID} +elsewhere +${OURS} +${NUMBER_ID} +no$`, 'm')),
      err: `daybreak: the webhooks of ${WABA_ID} do not reach us\n`,
    });
    expect((await subscriptions(operator, 'resubscribe', WABA_ID)).out).toMatch(
      new RegExp(`^${WABA_ID} +subscribed +${OURS} +– +yes$`, 'm'),
    );
    expect((await subscriptions(operator, 'verify')).code).toBe(0);
    await eventually(() => expect(audited('waba.resubscribed', WABA_ID)).toBe(1));
  });

  it('leaves no number in the log of the service', () => {
    expect(needsScrubbing(ingest.output())).toBe(false);
  });
});
