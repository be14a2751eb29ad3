/**
 * Holds what this client makes and reads against Meta's own description, and against the real bodies kept beside it.
 * Both stay outside the project: WHATSAPP_REFERENCE_DIR points to them, and without it these tests are skipped.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CloudApiClient } from '../src/client/cloud-api-client.js';
import { templateDraftViolations } from '../src/client/template-rules.js';
import type { MessageRequest, Registration, TemplateDraft } from '../src/client/wire.js';
import { KNOWN_CODES, type KnownCode } from '../src/errors/error-codes.js';
import { errorMeaning } from '../src/errors/error-meaning.js';
import { answerHandshake } from '../src/webhook/answer-handshake.js';
import { parseWebhook } from '../src/webhook/parse-webhook.js';
import { signatureCheck } from '../src/webhook/verify-signature.js';
import { metaDescription, ourDescription } from './description.js';
import { endpointOfRequest, EVERY_ANSWER, EVERY_CALL, IDS } from './every-call.js';
import { inTurn, json, localMeta, type Answer, type LocalMeta } from './local-meta.js';
import { asIndexed } from './indexed-event.js';

const DIR = process.env['WHATSAPP_REFERENCE_DIR'] ?? '';
const there = DIR !== '' && existsSync(join(DIR, 'samples', 'index.json'));
const describeReference = there ? describe : describe.skip;

interface Sample {
  readonly file: string;
  readonly kind: string;
  readonly source: string;
  readonly must: string;
  readonly expect: Record<string, unknown>;
}

const textOf = (file: string): string => readFileSync(join(DIR, 'samples', file), 'utf8');
const bodyOf = (file: string): Record<string, unknown> => JSON.parse(textOf(file)) as Record<string, unknown>;
const samples = there ? (JSON.parse(textOf('index.json')) as { cases: readonly Sample[] }).cases : [];
/** Jest refuses an empty table: the one row of a skipped test says why it is skipped. */
const ofKind = (kind: RegExp): readonly (readonly [string, Sample])[] => {
  const found = samples.filter((sample) => kind.test(sample.kind)).map((sample) => [sample.file, sample] as const);
  return there ? found : [['WHATSAPP_REFERENCE_DIR is not set', {} as Sample]];
};

const ours = ourDescription();
const open: { close(): Promise<void> }[] = [];
afterAll(() => Promise.all(open.map((thing) => thing.close())));

async function clientOf(answer: Answer): Promise<{ client: CloudApiClient; meta: LocalMeta }> {
  const meta = await localMeta(answer);
  const client = new CloudApiClient({
    baseUrl: meta.baseUrl,
    version: 'v24.0',
    tokens: () => ['token-a'],
    appId: IDS.appid,
    appSecret: 'shhhh',
  });
  open.push(client, meta);
  return { client, meta };
}

/** The answer a sample stands for. */
const answerOf = (sample: Sample): Answer => {
  const { http_status, body, raw_body, headers } = bodyOf(sample.file) as {
    http_status: number;
    body?: unknown;
    raw_body?: string;
    headers?: Record<string, string>;
  };
  return raw_body === undefined ? json(http_status, body, headers) : (_seen, response) => response.writeHead(http_status).end(raw_body);
};

/** `facebook/openapi@…#post /{Version}/{WABA-ID}/message_templates req "…"` → the endpoint, as our description names it. */
function endpointIn(text: string): string {
  const [, method = '', path = ''] = /(get|post|delete) (\/\S+)/i.exec(text) ?? [];
  return (
    [...ours.operations.keys()].find(
      (endpoint) =>
        endpoint.replaceAll(/[{}_]/g, '').toLowerCase() ===
        `${method} ${path}`
          .replaceAll(/\/\{version\}/gi, '')
          .replaceAll(/[{}_-]/g, '')
          .toLowerCase(),
    ) ?? `none for ${text}`
  );
}

/** Placeholders like <TEMPLATE_NAME> stand for valid values. */
const filledIn = <T>(body: unknown): T => JSON.parse(JSON.stringify(body).replaceAll('<TEMPLATE_NAME>', 'template_name')) as T;

describeReference('every request, held against Meta’s own description', () => {
  /** Documented by Meta, but not in its machine-readable description. */
  const NOT_DESCRIBED = new Set([
    'POST /{appid}/uploads',
    'POST /{uploadid}',
    'GET /{uploadid}',
    'POST /{templateid}/unpause',
    'GET /{appid}/subscriptions',
    'POST /{appid}/subscriptions',
    'DELETE /{appid}/subscriptions',
    'GET /debug_token',
    'GET /oauth/access_token',
  ]);
  /** Documented on Meta's pages, absent from the description: the proof on every call, filters of the template listing, fields and paging where it shows defaults only. */
  const UNDESCRIBED_QUERY = new Set(['appsecret_proof', 'limit', 'fields', 'status']);
  const meta = there ? metaDescription(DIR) : undefined;
  let seen: LocalMeta['seen'] = [];

  beforeAll(async () => {
    const { client, meta: local } = await clientOf(
      json(200, { id: IDS.uploadid, data: [], messages: [{ id: 'wamid.A' }], success: true, h: '4::aW', access_token: 't' }),
    );
    for (const [, make] of EVERY_CALL) await make(client);
    seen = local.seen;
  });

  it('goes to an endpoint that Meta describes, or that it is known to leave out', () => {
    const called = new Set(seen.map((one) => endpointOfRequest(one.method, one.path)));

    for (const endpoint of called) expect([endpoint, meta?.operations.has(endpoint)]).toEqual([endpoint, !NOT_DESCRIBED.has(endpoint)]);
  });

  it('asks with parameters that Meta describes', () => {
    for (const one of seen) {
      const endpoint = endpointOfRequest(one.method, one.path);
      const described = meta?.operations.get(endpoint)?.queryNames;
      const unknown = [...one.query.keys()].filter((name) => described && !described.has(name) && !UNDESCRIBED_QUERY.has(name));

      expect([endpoint, unknown]).toEqual([endpoint, []]);
    }
  });

  it('has a body that Meta allows', () => {
    let held = 0;
    for (const one of seen) {
      const endpoint = endpointOfRequest(one.method, one.path);
      if (one.headers['content-type'] !== 'application/json' || one.body.length === 0 || NOT_DESCRIBED.has(endpoint)) continue;
      const body = JSON.parse(String(one.body)) as Record<string, unknown>;
      if (body['status'] === 'read') continue; // the description of /messages has no read receipts, though Meta's examples do
      held += 1;

      expect([endpoint, meta?.requestFaults(endpoint, body)]).toEqual([endpoint, []]);
    }
    expect(held).toBeGreaterThanOrEqual(17);
  });
});

describeReference('every answer, held against Meta’s own description', () => {
  const meta = there ? metaDescription(DIR) : undefined;
  const described = Object.entries(EVERY_ANSWER).filter(([endpoint]) => meta?.operations.has(endpoint));

  it('is one that Meta may give', () => {
    for (const [endpoint, answer] of described) {
      expect([endpoint, meta?.answerFaults(endpoint, answer)]).toEqual([endpoint, []]);
    }
    expect(described.length).toBeGreaterThanOrEqual(22);
  });
});

describeReference('the error table', () => {
  const table = there
    ? (
        JSON.parse(readFileSync(join(DIR, 'error-codes.json'), 'utf8')) as {
          codes: readonly { code: KnownCode; sender_class: string; retry: string; surfaces: readonly string[] }[];
        }
      ).codes
    : [];

  it('has exactly the known codes', () => {
    expect([...KNOWN_CODES].sort((a, b) => a - b)).toEqual(table.map((row) => row.code).sort((a, b) => a - b));
  });

  it('classifies each of them as the reference does', () => {
    for (const { code, sender_class } of table) expect([code, asReferenceClass(code)]).toEqual([code, sender_class]);
  });

  it('retries none that the reference never retries, and waits where it waits', () => {
    for (const { code, retry } of table) {
      const kind = errorMeaning(code, 400, 'sync').retry.kind;
      const allowed = retry === 'no' ? ['drop', 'pause'] : ['backoff', 'defer', 'pause', ...(retry === 'after-fix' ? ['drop'] : [])];

      expect([code, kind, allowed.includes(kind)]).toEqual([code, kind, true]);
    }
  });
});

const REFERENCE_NAMES: Readonly<Record<string, string>> = { 'management-only': 'mgmt_only', 'marketing-api-only': 'mm_only' };
function asReferenceClass(code: number | null, httpStatus = 400): string {
  const { class: ours } = errorMeaning(code, httpStatus, 'sync');
  return REFERENCE_NAMES[ours] ?? ours.replaceAll('-', '_');
}

describeReference('requests to send', () => {
  it.each(ofKind(/^send-request$/))('%s is one that our description allows, and leaves as it is', async (file, sample) => {
    const body = bodyOf(file);
    const endpoint = sample.source.includes('marketing_messages')
      ? 'POST /{phonenumberid}/marketing_messages'
      : 'POST /{phonenumberid}/messages';

    expect([ours.requestFaults(endpoint, body)?.length === 0, sample.must]).toEqual([sample.expect['valid'], sample.must]);
    const { client, meta } = await clientOf(json(200, { messages: [{ id: 'wamid.A' }] }));
    await client.sendMessage(IDS.phonenumberid, body as unknown as MessageRequest);
    expect(JSON.parse(String(meta.seen[0]?.body))).toEqual(body);
  });

  it.each(ofKind(/^mgmt-request$/))('%s is one that our description allows, and leaves as it is', async (file, sample) => {
    const body = bodyOf(file);
    const endpoint = endpointIn(sample.source);

    expect([endpoint, ours.requestFaults(endpoint, body)]).toEqual([endpoint, []]);
    const { client, meta } = await clientOf(json(200, { success: true }));
    await managementRequest(client, endpoint, body);
    expect(endpointOfRequest(meta.seen[0]?.method ?? '', meta.seen[0]?.path ?? '')).toBe(endpoint);
    expect(body).toMatchObject(JSON.parse(String(meta.seen[0]?.body)) as object);
  });

  it.each(ofKind(/^template-create$/))('%s is drafted, or held back, as Meta would', (file, sample) => {
    const body = filledIn<TemplateDraft>(bodyOf(file));
    const editing = sample.must.startsWith('Valid edit');
    const endpoint = editing ? 'POST /{templateid}' : 'POST /{wabaid}/message_templates';

    expect([endpoint, ours.requestFaults(endpoint, body)]).toEqual([endpoint, []]);
    expect([templateDraftViolations(body).length === 0, sample.must]).toEqual([sample.expect['valid'], sample.must]);
  });
});

/** The client's own call for a body of the index. */
async function managementRequest(client: CloudApiClient, endpoint: string, body: Record<string, unknown>): Promise<void> {
  switch (endpoint) {
    case 'POST /{phonenumberid}':
      return client.updatePhoneNumber(IDS.phonenumberid, body);
    case 'POST /{phonenumberid}/register':
      return client.registerPhoneNumber(
        IDS.phonenumberid,
        String(body['pin']),
        body['data_localization_region'] as Registration['data_localization_region'],
      );
    case 'POST /{wabaid}/subscribed_apps':
      return 'verify_token' in body
        ? client.subscribe(IDS.wabaid, { callbackUrl: String(body['override_callback_uri']), verifyToken: String(body['verify_token']) })
        : client.subscribe(IDS.wabaid);
    case 'POST /{templateid}':
      return client.editTemplate(IDS.wabaid, IDS.templateid, body);
    default:
      throw new Error(`no call for ${endpoint}`);
  }
}

describeReference('answers', () => {
  it.each(ofKind(/^send-response$/))('%s is an accepted message', async (_file, sample) => {
    const { client } = await clientOf(answerOf(sample));

    const outcome = await client.sendMessage(IDS.phonenumberid, {
      messaging_product: 'whatsapp',
      to: '+919812345678',
      type: 'text',
      text: { body: 'x' },
    });

    expect(outcome).toMatchObject({ kind: 'accepted', wamid: sample.expect['wamid'], messageStatus: sample.expect['message_status'] });
    expect(ours.answerFaults('POST /{phonenumberid}/messages', bodyOf(sample.file)['body'])).toEqual([]);
  });

  it.each(ofKind(/^error-response$/))('%s is an error of its class', async (_file, sample) => {
    const { client } = await clientOf(answerOf(sample));

    const outcome = await client.sendMessage(IDS.phonenumberid, {
      messaging_product: 'whatsapp',
      to: '+919812345678',
      type: 'text',
      text: { body: 'x' },
    });

    const error = outcome.kind === 'rejected' || outcome.kind === 'ambiguous' ? outcome.error : undefined;
    const status = bodyOf(sample.file)['http_status'] as number;
    expect([error?.code, asReferenceClass(error?.code ?? null, status)]).toEqual([sample.expect['code'], sample.expect['class']]);
    if ('is_transient' in sample.expect) expect(error?.isTransient).toBe(sample.expect['is_transient']);
    if ('retry_after_s' in sample.expect) expect(error?.retryAfterMs).toBe((sample.expect['retry_after_s'] as number) * 1_000);
  });

  it.each(ofKind(/^mgmt-response$/))('%s is read', async (_file, sample) => {
    const { body } = bodyOf(sample.file);
    const endpoint = endpointIn(sample.source);
    const { client } = await clientOf(inTurn(json(200, body), json(200, { ...(body as object), paging: {} })));

    // Meta answers POST /{phone_number_id} with a message when the body was one; this client sends none there. It adds no numbers either.
    const unmade = endpoint.startsWith('none for') || sample.file.includes('message-sent-post');
    const makers = EVERY_CALL.filter(([name]) => name === endpoint).map(([, make]) => make);
    expect(unmade ? sample.file : makers.length).not.toBe(0);
    for (const make of makers) await make(client);

    expect(Object.keys(body as object).sort()).toEqual([...(sample.expect['top_level_keys'] as string[])].sort());
    if (!unmade) expect([endpoint, ours.answerFaults(endpoint, body)]).toEqual([endpoint, []]);
  });
});

describeReference('webhooks', () => {
  it.each(ofKind(/^webhook-(status|inbound|account|quality|template-status|other)$/))('%s holds what the index says', (file, sample) => {
    const events = parseWebhook(textOf(file));

    const expected = (sample.expect['events'] as readonly Record<string, unknown>[]).map((event) =>
      // The index repeats a code as its body spells it; ours is a number always.
      'error_codes' in event ? { ...event, error_codes: (event['error_codes'] as unknown[]).map(Number) } : event,
    );
    expect(events.map((event, i) => asIndexed(event, Object.keys(expected[i] ?? {})))).toEqual(expected);
  });

  it('say in members of their own what the index does not name', () => {
    const events = ofKind(/^webhook-(status|inbound|account|quality|template-status|other)$/).flatMap(([file]) =>
      parseWebhook(textOf(file)),
    );
    const pairs = events.flatMap((event): (readonly [string, unknown, unknown])[] => {
      const raw = event.raw as Record<string, Record<string, Record<string, unknown>>>;
      if (event.kind === 'status') return [['conversation', event.conversation?.id ?? null, raw['conversation']?.['id'] ?? null]];
      if (event.kind === 'account-update') return [['waba', event.wabaInfo?.wabaId ?? null, raw['waba_info']?.['waba_id'] ?? null]];
      if (event.kind !== 'inbound') return [];
      const interactive = raw['interactive'];
      return [
        ['row', event.replyDescription, interactive?.['list_reply']?.['description'] ?? null],
        ['flow', event.flowResponse, interactive?.['nfm_reply']?.['response_json'] ?? null],
        ['emoji', event.reactionEmoji, raw['reaction']?.['emoji'] || null],
      ];
    });

    for (const [name, ours, theirs] of pairs) expect([name, ours]).toEqual([name, theirs]);
    for (const name of ['conversation', 'waba', 'row', 'flow', 'emoji'])
      expect(pairs.filter(([what, ours]) => what === name && ours !== null)).not.toHaveLength(0);
  });

  it.each(ofKind(/^webhook-signature$/))('%s is genuine, or is not', (file, sample) => {
    const { raw_body, app_secret, signature_header } = bodyOf(file) as {
      raw_body: string;
      app_secret: string;
      signature_header: string | null;
    };

    const valid = signatureCheck([app_secret])(Buffer.from(raw_body), signature_header ?? undefined);

    // Upper-case hex is ours to decide: it says the same bytes, so it is accepted.
    expect(valid).toBe(sample.expect['valid'] === 'policy' ? true : sample.expect['valid']);
  });

  it.each(ofKind(/^webhook-verify$/))('%s is answered, or refused', (file, sample) => {
    const { query, configured_verify_token } = bodyOf(file) as { query: Record<string, unknown>; configured_verify_token: string };

    const answer = answerHandshake(query, configured_verify_token);

    expect(answer).toEqual(
      sample.expect['http_status'] === 200
        ? { status: 200, contentType: 'text/plain', body: sample.expect['body'] }
        : { status: 403, contentType: 'text/plain', body: '' },
    );
  });
});

describeReference('the index', () => {
  it('has no sample that no test of ours or of the simulator uses', () => {
    const used =
      /^(send-request|send-response|error-response|mgmt-request|mgmt-response|template-create|webhook-(status|inbound|account|quality|template-status|other|signature|verify))$/;

    expect(samples.filter((sample) => !used.test(sample.kind))).toEqual([]);
  });
});
