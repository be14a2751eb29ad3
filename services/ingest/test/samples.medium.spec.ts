import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ObservedStatus,
  topics,
  type AccountObserved,
  type DeliveryStatusObserved,
  type InboundReceived,
  type PhoneNumberObserved,
  type TemplateObserved,
} from '@daybreak/contracts';
import type { Database } from '@daybreak/database';
import { aRecipientUpserted, eventually, testPrivacy, type Watched } from '@daybreak/testing';
import { startIngest, type IngestWorld } from './ingest-world.js';

/** Real webhook bodies, and what each must lead to. They are not ours to publish; without them there is nothing to test here. */
const directory = process.env['WHATSAPP_REFERENCE_DIR'];
const SAMPLES = directory === undefined ? undefined : join(directory, 'samples');

interface Expected {
  readonly event: string;
  readonly [member: string]: unknown;
}

interface Case {
  readonly file: string;
  readonly kind: string;
  readonly must: string;
  readonly expect: { readonly verdict?: string; readonly events?: readonly Expected[] };
}

const cases: readonly Case[] =
  SAMPLES === undefined
    ? []
    : (JSON.parse(readFileSync(join(SAMPLES, 'index.json'), 'utf8')) as { cases: Case[] }).cases.filter(
        (c) => c.expect.verdict !== undefined && c.kind.startsWith('webhook-'),
      );

const STATUS: Readonly<Record<string, ObservedStatus>> = {
  sent: ObservedStatus.SENT,
  delivered: ObservedStatus.DELIVERED,
  read: ObservedStatus.READ,
  failed: ObservedStatus.FAILED,
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const addressKeyOf = (waId: unknown): string => (/^[1-9]\d{6,14}$/.test(text(waId)) ? testPrivacy.addressKeys.keyOf(`+${text(waId)}`) : '');

(SAMPLES === undefined ? describe.skip : describe)('webhook samples, posted to the real edge', () => {
  let world: IngestWorld;
  let database: Database;
  let statuses: Watched<DeliveryStatusObserved>;
  let inbound: Watched<InboundReceived>;
  let templates: Watched<TemplateObserved>;
  let numbers: Watched<PhoneNumberObserved>;
  let accounts: Watched<AccountObserved>;

  beforeAll(async () => {
    world = await startIngest();
    database = world.stack.database('ingest');
    [statuses, inbound, templates, numbers, accounts] = await Promise.all([
      world.stack.watch(topics.deliveryStatusObserved),
      world.stack.watch(topics.inboundReceived),
      world.stack.watch(topics.templateObserved),
      world.stack.watch(topics.phoneNumberObserved),
      world.stack.watch(topics.accountObserved),
    ]);
  });

  afterAll(() => world.stop());

  const rows = async (sql: string, ...params: unknown[]): Promise<number> => (await database.query<{ n: number }>(sql, params))[0]?.n ?? 0;
  const keptRows = (field: string | null): Promise<number> =>
    rows('select count(*) as n from unhandled_update where $1::text is null or field = $1', field);

  /** Where an expected event has to turn up. */
  const arrives = async (e: Expected): Promise<void> => {
    switch (e.event) {
      case 'status':
        return expect(statuses.events).toContainEqual(
          expect.objectContaining({
            wamidHash: testPrivacy.wamidKeys.keyOf(text(e['wamid'])),
            status: STATUS[text(e['status'])] ?? ObservedStatus.UNSPECIFIED,
            errorCode: Number((e['error_codes'] as (number | string)[])[0] ?? 0),
            addressKey: addressKeyOf(e['recipient_id']),
            phoneNumberId: text(e['phone_number_id']),
            pricingCategory: text(e['pricing_category']),
            ...(e['at'] === null ? {} : { occurredAt: expect.objectContaining({ seconds: BigInt(e['at'] as number) }) }),
          }),
        );
      case 'inbound':
        return expect(inbound.events).toContainEqual(
          expect.objectContaining({
            wamidHash: testPrivacy.wamidKeys.keyOf(text(e['wamid'])),
            addressKey: addressKeyOf(e['from']),
            phoneNumberId: text(e['phone_number_id']),
            ...(e['at'] === null || e['at'] === undefined
              ? {}
              : { sentAt: expect.objectContaining({ seconds: BigInt(e['at'] as number) }) }),
          }),
        );
      case 'template_status':
        return expect(templates.events).toContainEqual(
          expect.objectContaining({ templateId: text(e['template_id']), observation: { case: 'status', value: e['status'] } }),
        );
      case 'template_category':
        return expect(templates.events).toContainEqual(
          expect.objectContaining({ templateId: text(e['template_id']), observation: { case: 'category', value: e['to'] } }),
        );
      case 'number_quality':
        if (!e['display_phone_number']) return expect(await keptRows('phone_number_quality_update')).toBeGreaterThan(0); // which number, nobody can tell
        return expect(numbers.events).toContainEqual(
          expect.objectContaining({ wabaId: e['waba_id'], event: e['what'], messagingLimit: text(e['limit']) }),
        );
      case 'phone_number_name_update':
        return expect(numbers.events).toContainEqual(
          expect.objectContaining({ wabaId: e['waba_id'], event: `name-${text(e['what']).toLowerCase()}` }),
        );
      case 'account_update':
      case 'account_review_update':
      case 'account_alerts':
      case 'security':
        return expect(accounts.events).toContainEqual(
          expect.objectContaining({ wabaId: e['waba_id'], field: e.event, event: text(e['what']) }),
        );
      case 'capability':
        return expect(accounts.events).toContainEqual(
          expect.objectContaining({
            field: 'business_capability_update',
            ...(typeof e['limit'] === 'number' ? { messagingLimit: BigInt(e['limit']) } : {}),
          }),
        );
      case 'preference': {
        if (addressKeyOf(e['wa_id']) === '' && !e['user_id']) return expect(await keptRows('user_preferences')).toBeGreaterThan(0);
        const lines = await rows(
          `select count(*) as n from consent_event where source = 'user-preferences' and change = $1 and extract(epoch from said_at) = $2`,
          e['value'] === 'signup' ? 'start' : e['value'],
          e['at'],
        );
        return expect(lines).toBeGreaterThan(0);
      }
      case 'template_quality':
        if (e['template_id'] === null) return expect(await keptRows(null)).toBeGreaterThan(0);
        return expect(templates.events).toContainEqual(
          expect.objectContaining({ templateId: e['template_id'], observation: { case: 'qualityScore', value: e['to'] } }),
        );
      case 'unhandled':
        if (e['field'] === 'message_template_components_update') return; // we do handle it
        return expect(await keptRows(text(e['field']))).toBeGreaterThan(0);
      case 'system':
        if (addressKeyOf(e['from']) === '' || addressKeyOf(e['new_wa_id']) === '')
          return expect(await keptRows('messages')).toBeGreaterThan(0);
        return expect(await rows('select count(*) as n from recipient where address_key = $1', addressKeyOf(e['new_wa_id']))).toBe(1);
      default:
        throw new Error(`the index expects a ${e.event}, which this test does not know`);
    }
  };

  /** Whoever is to be re-keyed is known before. */
  const moversOf = async (c: Case): Promise<void> => {
    for (const e of c.expect.events ?? []) {
      if (e.event !== 'system' || addressKeyOf(e['from']) === '') continue;
      // Numbers of samples are not always numbers that a back office may name: known by a real one, then given the sample's.
      const recipient = aRecipientUpserted();
      await world.stack.publish(topics.recipientUpserted, recipient);
      await eventually(async () =>
        expect(await rows('select count(*) as n from recipient where recipient_id = $1', recipient.recipientId)).toBe(1),
      );
      await database.execute('update recipient set address_key = $2 where recipient_id = $1', [
        recipient.recipientId,
        addressKeyOf(e['from']),
      ]);
    }
  };

  it.each(cases.map((c) => [c.file, c.must, c] as const))('%s: %s', async (file, _, c) => {
    const body = readFileSync(join(SAMPLES ?? '', file), 'utf8');
    await moversOf(c);

    expect((await world.post(body)).status).toBe(200);

    for (const event of c.expect.events ?? []) await eventually(() => arrives(event), { timeoutMs: 3_000 });
  });
});
