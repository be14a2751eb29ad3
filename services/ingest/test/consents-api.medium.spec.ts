import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newLocalToken, type Role } from '@daybreak/access';
import { topics, type AuditRecorded, type ConsentChanged, type RecipientUpserted } from '@daybreak/contracts';
import type { Database } from '@daybreak/database';
import { aPhoneNumber, aRecipientUpserted, eventually, type Watched } from '@daybreak/testing';
import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { parse as parseCsv } from 'csv-parse/sync';
import { parse as parseYaml } from 'yaml';
import { ConsentFilesController } from '../src/inbound/consent-files.controller.js';
import { ConsentsController } from '../src/inbound/consents.controller.js';
import { anInboundWebhook, startIngest, type IngestWorld } from './ingest-world.js';

const ROLES = ['viewer', 'operator', 'approver', 'dpo'] as const;
const tokens = Object.fromEntries(ROLES.map((role) => [role, newLocalToken(`a-${role}`, [role])])) as Record<
  Role,
  ReturnType<typeof newLocalToken>
>;

const HOUR_MS = 3_600_000;

interface Problem {
  readonly status: number;
  readonly errors?: readonly { readonly field: string; readonly reason: string }[];
}

/** As Nest has them from the decorators. */
const routesOf = (controller: Type): string[] =>
  Object.getOwnPropertyNames(controller.prototype).flatMap((name) => {
    const handler = (controller.prototype as Record<string, object>)[name] ?? {};
    const path = Reflect.getMetadata(PATH_METADATA, handler) as string | undefined;
    const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as number];
    return path === undefined || method === undefined ? [] : [`${method} /consents${path === '/' ? '' : `/${path}`}`];
  });

describe('the consent API', () => {
  let world: IngestWorld;
  let database: Database;
  let audits: Watched<AuditRecorded>;
  let changes: Watched<ConsentChanged>;

  beforeAll(async () => {
    world = await startIngest({ env: { ACCESS_TOKENS: ROLES.map((role) => tokens[role].entry).join(',') } });
    database = world.stack.database('ingest');
    [audits, changes] = await Promise.all([world.stack.watch(topics.auditRecorded), world.stack.watch(topics.consentChanged)]);
  });

  afterAll(() => world.stop());

  const call = (role: Role | undefined, method: string, path: string, body?: unknown, type = 'application/json'): Promise<Response> =>
    fetch(`${world.ingest.url}${path}`, {
      method,
      headers: {
        ...(role === undefined ? {} : { authorization: `Bearer ${tokens[role].token}` }),
        ...(body === undefined ? {} : { 'content-type': type }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  const json = async <T>(response: Promise<Response>): Promise<T> => (await (await response).json()) as T;

  const known = async (over: Parameters<typeof aRecipientUpserted>[0] = {}): Promise<{ recipient: RecipientUpserted; e164: string }> => {
    const e164 = aPhoneNumber();
    const recipient = aRecipientUpserted({ address: { case: 'phoneNumber', value: e164 }, ...over });
    await world.stack.publish(topics.recipientUpserted, recipient);
    await eventually(async () => expect((await call('viewer', 'GET', `/consents/recipients/${recipient.recipientId}`)).status).toBe(200));
    return { recipient, e164 };
  };
  const purposesOf = async (recipientId: string): Promise<Record<string, string>> => {
    const { purposes } = await json<{ purposes: { purpose: string; state: string }[] }>(
      call('viewer', 'GET', `/consents/recipients/${recipientId}`),
    );
    return Object.fromEntries(purposes.map(({ purpose, state }) => [purpose, state]));
  };
  const aYes = (over: object = {}): object => ({
    purpose: 'marketing',
    change: 'start',
    saidAt: new Date(Date.now() - HOUR_MS).toISOString(),
    channel: 'branch',
    wording: 'Yes, send me offers as well',
    noticeVersion: '2026-10',
    proof: 'form 4711',
    ...over,
  });

  it('describes every route it has, and no other', async () => {
    const description = parseYaml(readFileSync(new URL('../openapi/ingest.yaml', import.meta.url), 'utf8')) as {
      paths: Record<string, Record<string, unknown>>;
    };
    const described = Object.entries(description.paths).flatMap(
      ([path, methods]) =>
      Object.keys(methods).filter((method) => method !== 'parameters').map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`), // prettier-ignore
    );
    const served = [ConsentsController, ConsentFilesController].flatMap(routesOf);

    expect(described.filter((route) => route.includes('/consents')).toSorted()).toEqual(served.toSorted());
    for (const route of served) {
      const [method = '', path = ''] = route.split(' ');
      const answer = await call(undefined, method, path.replace(':recipientId', 'adv-1'), method === 'POST' ? {} : undefined);
      expect([route, answer.status]).toEqual([route, 401]);
    }
    expect((await call(undefined, 'GET', '/docs')).status).toBe(200);
  });

  it.each<[Role, string, string, number]>([
    ['viewer', 'POST', '/consents', 403],
    ['approver', 'POST', '/consents', 403],
    ['viewer', 'POST', '/consents/import', 403],
    ['operator', 'POST', '/consents/erasures', 403],
    ['operator', 'GET', '/consents/export?from=2026-11-01&to=2026-12-01', 403],
    ['viewer', 'GET', '/consents/recipients/adv-1/export', 403],
    ['dpo', 'GET', '/consents/recipients/nobody', 404],
    ['operator', 'GET', '/consents/recipients/nobody/history', 404],
  ])('answers %s who asks %s %s with %d', async (role, method, path, status) => {
    const response = await call(role, method, path, method === 'POST' ? aYes({ recipientId: 'nobody' }) : undefined);

    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
  });

  it('records a yes with its evidence, once, tells everybody, and audits who did it', async () => {
    const { recipient, e164 } = await known();
    const statement = aYes({ phoneNumber: e164 });

    const first = await call('operator', 'POST', '/consents', statement);
    const second = await call('operator', 'POST', '/consents', statement);

    expect([first.status, second.status]).toEqual([201, 200]);
    expect(await purposesOf(recipient.recipientId)).toEqual({ content: 'opted_in', marketing: 'opted_in', ai: 'never_asked' });
    await eventually(() =>
      expect(changes.events.findLast((e) => e.recipientId === recipient.recipientId)?.purposes.map((p) => [p.purpose, p.source])).toEqual([
        ['content', 'back-office'],
        ['marketing', 'operator'],
      ]),
    );
    await eventually(() =>
      expect(audits.events.filter((a) => a.object === `recipient/${recipient.recipientId}`)).toMatchObject([
        { actor: 'user:a-operator', action: 'consent.recorded', details: { change: 'start', purposes: 'marketing' } },
        { actor: 'user:a-operator', action: 'consent.recorded' },
      ]),
    );
    const [one, again] = audits.events.filter((a) => a.object === `recipient/${recipient.recipientId}`);
    expect(one?.afterDigest).not.toBe(one?.beforeDigest);
    expect(again?.afterDigest).toBe(again?.beforeDigest);
  });

  it('lets the newest win, whoever brings it; a STOP beats a yes of the same second', async () => {
    const { recipient, e164 } = await known();
    const atMs = Math.floor(Date.now() / 1_000) * 1_000 - HOUR_MS;
    await world.post(anInboundWebhook(e164, 'STOP', { atMs }));

    const yes = (saidAt: number) =>
      call(
        'operator',
        'POST',
        '/consents',
        aYes({ recipientId: recipient.recipientId, purpose: 'content', saidAt: new Date(saidAt).toISOString() }),
      );
    await yes(atMs - 1_000);
    await yes(atMs + 999);
    expect((await purposesOf(recipient.recipientId))['content']).toBe('opted_out');

    await yes(atMs + 1_000);
    expect((await purposesOf(recipient.recipientId))['content']).toBe('opted_in');
  });

  it('keeps what is said of an unknown number until the back office tells whose it is', async () => {
    const e164 = aPhoneNumber();
    const stop = { phoneNumber: e164, purpose: 'all', change: 'stop', saidAt: new Date().toISOString(), channel: 'call-centre' };

    expect(await json(call('operator', 'POST', '/consents', stop))).toEqual({ outcome: 'waiting', recipients: [] });
    const recipient = aRecipientUpserted({ address: { case: 'phoneNumber', value: e164 } });
    await world.stack.publish(topics.recipientUpserted, recipient);

    await eventually(async () => expect((await purposesOf(recipient.recipientId))['content']).toBe('opted_out'));
    expect(await json(call('operator', 'POST', '/consents', stop))).toMatchObject({ outcome: 'repeated' });
  });

  it.each<[string, object, string[]]>([
    ['nobody', {}, ['recipientId']],
    ['two people', { recipientId: 'adv-1', phoneNumber: '+919812345678' }, ['recipientId']],
    ['a number that is none', { phoneNumber: '12' }, ['phoneNumber']],
    ['a number for an id', { recipientId: '919812345678' }, ['recipientId']],
    ['a purpose that is none', { recipientId: 'adv-1', purpose: 'fun' }, ['purpose']],
    ['a yes to everything', { recipientId: 'adv-1', purpose: 'all' }, ['purpose']],
    ['a yes without words', { recipientId: 'adv-1', wording: undefined, noticeVersion: undefined }, ['wording', 'noticeVersion']],
    ['a yes of tomorrow', { recipientId: 'adv-1', saidAt: new Date(Date.now() + 24 * HOUR_MS).toISOString() }, ['saidAt']],
    ['an instant without a zone', { recipientId: 'adv-1', saidAt: '2026-11-22T10:00:00' }, ['saidAt']],
    ['a pause that is over before it begins', { recipientId: 'adv-1', change: 'pause', until: '2020-01-01T00:00:00Z' }, ['until']],
    ['a field that nobody knows', { recipientId: 'adv-1', '+919812345678': 1 }, ['body']],
  ])('refuses %s with 400, naming the field and no value', async (_, over, fields) => {
    const response = await call('operator', 'POST', '/consents', aYes(over));
    const text = await response.text();

    expect(response.status).toBe(400);
    expect((JSON.parse(text) as Problem).errors?.map(({ field }) => field)).toEqual(fields);
    expect(text).not.toMatch(/98123/);
  });

  it('finds who is behind a number, and never repeats the number', async () => {
    const { recipient, e164 } = await known();

    const text = await (await call('viewer', 'POST', '/consents/lookup', { phoneNumber: e164 })).text();

    expect(JSON.parse(text)).toMatchObject({ recipients: [{ recipientId: recipient.recipientId }] });
    expect(text).not.toContain(e164.slice(3));
    expect(await json(call('viewer', 'POST', '/consents/lookup', { phoneNumber: aPhoneNumber() }))).toEqual({ recipients: [] });
  });

  it('gives a person everything: what, when, how, in which words; also what they said before anybody knew them', async () => {
    const e164 = aPhoneNumber();
    await world.post(anInboundWebhook(e164, 'please stop', { atMs: Date.now() - HOUR_MS }));
    const recipient = aRecipientUpserted({ address: { case: 'phoneNumber', value: e164 } });
    await world.stack.publish(topics.recipientUpserted, recipient);
    const path = `/consents/recipients/${recipient.recipientId}`;
    await eventually(async () => expect((await call('viewer', 'GET', path)).status).toBe(200));
    await call('operator', 'POST', '/consents', aYes({ recipientId: recipient.recipientId }));

    const record = await json<{ phoneNumber: string; consent: { purpose: string; change: string; evidence: object }[] }>(
      call('dpo', 'GET', `${path}/export`),
    );
    expect(record.phoneNumber).toBe(e164);
    expect(record.consent).toContainEqual(
      expect.objectContaining({
        purpose: 'content',
        change: 'start',
        evidence: expect.objectContaining({ wording: 'Send me the daily pack' }),
      }),
    );
    expect(record.consent).toContainEqual(
      expect.objectContaining({ purpose: 'ai', change: 'stop', evidence: expect.objectContaining({ text: 'please stop' }) }),
    );

    const csv = await call('dpo', 'GET', `${path}/export?format=csv`);
    expect(csv.headers.get('cache-control')).toBe('no-store');
    const rows = parseCsv<Record<string, string>>(await csv.text(), { columns: true, bom: true });
    expect(rows).toHaveLength(record.consent.length);
    expect(rows.at(-1)).toMatchObject({ purpose: 'marketing', change: 'start', channel: 'branch', wording: 'Yes, send me offers as well' });
    await eventually(() =>
      expect(
        audits.events.filter((a) => a.action === 'consent.exported' && a.object === `recipient/${recipient.recipientId}`),
      ).toHaveLength(2),
    );

    const history = await (await call('viewer', 'GET', `${path}/history`)).text();
    expect((JSON.parse(history) as { lines: unknown[] }).lines).toHaveLength(record.consent.length);
    expect(history).not.toContain('please stop');
  });

  it('gives an auditor every line of a span of time, with no address and no proof', async () => {
    const { recipient, e164 } = await known();
    await world.post(anInboundWebhook(e164, 'STOP'));
    const span = `from=${encodeURIComponent(new Date(Date.now() - HOUR_MS).toISOString())}&to=${encodeURIComponent(new Date(Date.now() + HOUR_MS).toISOString())}`;

    const text = await (await call('dpo', 'GET', `/consents/export?${span}`)).text();
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const [count] = await database.query<{ n: number }>('select count(*) as n from consent_event');

    expect(lines).toHaveLength(count?.n ?? -1);
    expect(lines.filter((line) => line['recipientId'] === recipient.recipientId && line['change'] === 'stop')).toHaveLength(3);
    expect(text).not.toContain(e164.slice(3));
    const csv = await (await call('dpo', 'GET', `/consents/export?${span}&format=csv`)).text();
    expect(parseCsv(csv, { columns: true, bom: true })).toHaveLength(lines.length);
    expect((await call('dpo', 'GET', '/consents/export?from=2026-12-01&to=2026-11-01')).status).toBe(400);
  });

  it('erases by order: rows, key, what was said before anybody knew them; and tells the others', async () => {
    const [e164, newNumber] = [aPhoneNumber(), aPhoneNumber()];
    await world.post(anInboundWebhook(e164, 'STOP'));
    const recipient = aRecipientUpserted({ address: { case: 'phoneNumber', value: e164 } });
    await world.stack.publish(topics.recipientUpserted, recipient);
    await eventually(async () => expect((await purposesOf(recipient.recipientId))['content']).toBe('opted_out'));
    const moved = { ...recipient, address: { case: 'phoneNumber' as const, value: newNumber } };
    await world.stack.publish(topics.recipientUpserted, moved);
    const upserts = await world.stack.watch(topics.recipientUpserted);
    await eventually(async () =>
      expect(await json(call('viewer', 'POST', '/consents/lookup', { phoneNumber: newNumber }))).toMatchObject({
        recipients: [{ recipientId: recipient.recipientId }],
      }),
    );

    const erased = await json(call('dpo', 'POST', '/consents/erasures', { phoneNumber: newNumber }));

    expect(erased).toEqual({ recipientIds: [recipient.recipientId], lines: 7 }); // the opt-in, three of the STOP, and those three as they were first heard
    const [left] = await database.query<{ n: number }>(
      `select (select count(*) from recipient where recipient_id = $1) + (select count(*) from consent_event where recipient_id = $1) as n`,
      [recipient.recipientId],
    );
    expect(left?.n).toBe(0);
    await eventually(() => expect(changes.tombstones).toContain(recipient.recipientId));
    await eventually(() => expect(upserts.tombstones).toContain(recipient.recipientId));
    await eventually(() =>
      expect(audits.events).toContainEqual(
        expect.objectContaining({ actor: 'user:a-dpo', action: 'recipient.erased', object: `recipient/${recipient.recipientId}` }),
      ),
    );
    expect((await call('dpo', 'POST', '/consents/erasures', { phoneNumber: newNumber })).status).toBe(404);
  });

  it('erases somebody who wrote and was never known', async () => {
    const e164 = aPhoneNumber();
    await world.post(anInboundWebhook(e164, 'STOP'));

    expect(await json(call('dpo', 'POST', '/consents/erasures', { phoneNumber: e164 }))).toEqual({ recipientIds: [], lines: 3 });
  });
});
