import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseMessageBody } from '../src/platform/message-body.js';
import { goodAnswers, NOT_ANSWERED_SO, PROVOKED } from './reference-answers.js';
import { APP_ID, NUMBER, TestSimulator, TOKEN, WABA } from './simulator.js';

/*
 * Real bodies, collected elsewhere and not ours to publish: WHATSAPP_REFERENCE_DIR names the folder that holds `samples/`. Without
 * it these tests are skipped, not passed.
 */
const folder = join(process.env['WHATSAPP_REFERENCE_DIR'] ?? '', 'samples');
const isHere = process.env['WHATSAPP_REFERENCE_DIR'] !== undefined && existsSync(join(folder, 'index.json'));

interface Case {
  readonly file: string;
  readonly kind: string;
  readonly expect?: { readonly valid?: boolean };
}

const cases = (kind: string): Case[] =>
  isHere ? (JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as { cases: Case[] }).cases.filter((c) => c.kind === kind) : [];
/** The body with the placeholders filled in that would be wrong by themselves. */
const read = (file: string): Record<string, unknown> =>
  JSON.parse(
    readFileSync(join(folder, file), 'utf8')
      .replace(/<?http\(s\):\/\/([\w-]+)>?/g, 'https://$1.example/')
      .replaceAll('<TEMPLATE_NAME>', `sample_${file.replace(/[^a-z]/g, '_')}`),
  ) as Record<string, unknown>;
const names = (kind: string): string[] => (isHere ? cases(kind).map((c) => c.file) : ['(no samples)']);
/** A sample without its folder and ending: how the tables of answers name it. */
const nameOf = (file: string): string => file.replace(/^.*\//, '').replace(/\.json$/, '');
const samples = isHere ? describe : describe.skip;

/** Bodies that peers take and Meta has refused since: a variable at the end, or too many for so few words. */
const STRICTER = ['kapso-honors-parameter-format-field', 'kapso-supports-media-carousel-components', 'kapso-supports-product-carousel'];
const TOKENS = [
  { token: TOKEN, appId: APP_ID },
  { token: 'expired-token', appId: APP_ID, expiresAfterMs: 1 },
  { token: 'token-of-another-account', appId: APP_ID, wabaIds: ['99999999999'] },
  { token: 'token-without-scopes', appId: APP_ID, scopes: [] },
];

samples('requests of the reference corpus', () => {
  let simulator: TestSimulator;
  beforeAll(async () => (simulator = await TestSimulator.start({ limits: { templatesPerHour: 1_000 } })));
  afterAll(() => simulator.stop());

  it.each(names('send-request'))('%s is understood as a message', (file) => {
    expect(() => parseMessageBody(read(file))).not.toThrow();
  });

  it.each(isHere ? cases('template-create').map((c) => [c.file, c.expect?.valid ?? true] as const) : [['(no samples)', true] as const])(
    '%s is a valid submission: %s',
    async (file, isValid) => {
      const isEdit = file.includes('template-id-edit');
      const edited = simulator.simulation.templates.find(WABA, 'hello', 'en')?.id;
      const answer = await simulator.graph('POST', isEdit ? String(edited) : `${WABA}/message_templates`, read(file));

      if (STRICTER.some((name) => file.includes(name))) expect([2_388_293, 2_388_299]).toContain(answer.body.error?.['code']);
      else expect({ ok: answer.status === 200, answer: answer.body }).toEqual({ ok: isValid, answer: expect.anything() });
    },
  );

  it.each(names('mgmt-request'))('%s is a request we answer', async (file) => {
    const path = file.includes('subscribed-apps') ? `${WABA}/subscribed_apps` : file.includes('register') ? `${NUMBER}/register` : NUMBER;
    const { body } = await simulator.graph('POST', path, read(file));

    // Callbacks of the samples do not exist and their PIN is not ours: understood, then refused for that alone.
    expect([undefined, 2_200, 133_005]).toContain(body.error?.['code']);
  });
});

samples('answers of the reference corpus', () => {
  let simulator: TestSimulator;
  beforeAll(async () => {
    simulator = await TestSimulator.start({ tokens: TOKENS, limits: { pair: false } });
    simulator.clock.advance(2);
  });
  afterAll(() => simulator.stop());

  const provoked = names('error-response').filter((file) => !(nameOf(file) in NOT_ANSWERED_SO));
  it.each(provoked)('%s is what we refuse with, too: HTTP status, code, subcode and members', async (file) => {
    const theirs = read(file) as { http_status: number; headers?: Record<string, string>; body: { error: Record<string, unknown> } };

    const ours = await PROVOKED[nameOf(file)]?.(simulator);

    expect([ours?.status, ours?.body.error?.['code']]).toEqual([theirs.http_status, theirs.body.error['code']]);
    const { error_subcode: subcode, is_transient: isTransient, type } = theirs.body.error;
    expect(ours?.body.error).toMatchObject({
      type,
      ...(subcode === undefined ? {} : { error_subcode: subcode }),
      ...(isTransient === undefined ? {} : { is_transient: isTransient }),
    });
    expect(Object.keys(ours?.body.error ?? {})).toEqual(expect.arrayContaining(Object.keys(theirs.body.error)));
    for (const [name, value] of Object.entries(theirs.headers ?? {})) expect(ours?.headers.get(name)).toBe(value);
  });

  const answered = names('mgmt-response').concat(names('send-response'));
  it.each(answered.filter((file) => !(nameOf(file) in NOT_ANSWERED_SO)))('%s has no member that ours lacks', async (file) => {
    const { http_status: status, body } = read(file) as { http_status: number; body: Record<string, unknown> };

    const ours = await goodAnswers(nameOf(file))?.(simulator);

    expect(ours?.status).toBe(status);
    expect(Object.keys(ours?.body ?? {})).toEqual(expect.arrayContaining(Object.keys(body)));
  });

  it('are all answered here, or said why not', () => {
    const all = [...names('error-response'), ...answered].map(nameOf);

    expect(all.filter((name) => !(name in PROVOKED) && goodAnswers(name) === undefined && !(name in NOT_ANSWERED_SO))).toEqual([]);
    expect([...Object.keys(PROVOKED), ...Object.keys(NOT_ANSWERED_SO)].filter((name) => !all.includes(name))).toEqual([]);
  });
});
