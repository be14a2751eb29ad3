import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GraphError } from '../src/platform/graph-error.js';
import { parseMessageBody } from '../src/platform/message-body.js';
import { APP_ID, NUMBER, TestSimulator, WABA } from './simulator.js';

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
const samples = isHere ? describe : describe.skip;

/** Bodies that peers take and Meta has refused since: a variable at the end, or too many for so few words. */
const STRICTER = ['kapso-honors-parameter-format-field', 'kapso-supports-media-carousel-components', 'kapso-supports-product-carousel'];

samples('bodies of the reference corpus', () => {
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

  it.each(names('error-response'))('%s has the shape our refusals have', (file) => {
    const { body } = read(file) as { body?: { error?: unknown } };
    const ours = new GraphError(100, { subcode: 33, transient: true, userTitle: 'x', userMessage: 'y', details: 'z' }).body() as {
      error: object;
    };
    if (typeof body?.error !== 'object' || body.error === null) return expect(file).toMatch(/kapso-50[24]/); // a proxy's answer, not Meta's

    expect(Object.keys(ours.error)).toEqual(expect.arrayContaining(Object.keys(body.error)));
  });

  it.each(names('mgmt-response'))('%s has no member that ours lack', async (file) => {
    const path = responsePath(file, simulator);
    if (path === undefined) return expect(file).toMatch(/-pos(t)?\.json$|message-history|flow|media-id/); // compared where they are posted
    const ours = (await simulator.graph('GET', path)).body;

    const wanted = Object.keys(read(file)['body'] as object).filter((name) => !OLDER.includes(name));
    expect(Object.keys(ours)).toEqual(expect.arrayContaining(wanted));
  });
});

/** Members of the samples that v24.0 no longer answers. */
const OLDER = ['paging'];

function responsePath(file: string, simulator: TestSimulator): string | undefined {
  if (/phone-number-id-(comprehensive|default|with)/.test(file))
    return `${NUMBER}?fields=display_phone_number,verified_name,quality_rating,name_status,code_verification_status`;
  if (file.includes('waba-id-phone-numbers') && file.endsWith('-get.json')) return `${WABA}/phone_numbers`;
  if (file.includes('waba-id-message-templates') && file.endsWith('-get.json')) return `${WABA}/message_templates`;
  if (file.includes('waba-id-subscribed-apps') && file.endsWith('-get.json')) return `${WABA}/subscribed_apps`;
  if (/waba-id-(basic|verified)/.test(file)) {
    return `${WABA}?fields=name,timezone_id,message_template_namespace,account_review_status,business_verification_status,country,ownership_type,primary_business_location`;
  }
  if (file.includes('template-id')) return `${simulator.simulation.templates.find(WABA, 'hello', 'en')?.id ?? APP_ID}`;
  return undefined;
}
