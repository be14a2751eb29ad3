import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ConsentState,
  InboundCommand,
  topics,
  type ConsentChanged,
  type InboundReceived,
  type RecipientUpserted,
  type ReplyRequested,
} from '@daybreak/contracts';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { Database } from '@daybreak/database';
import { aPhoneNumber, aRecipientUpserted, aWamid, eventually, testPrivacy, type Watched } from '@daybreak/testing';
import { Redis } from 'ioredis';
import {
  aPreferenceWebhook,
  aNumberChangedWebhook,
  aStatusWebhook,
  aUserIdWebhook,
  anInboundWebhook,
  startIngest,
  type IngestWorld,
} from './ingest-world.js';

interface Enveloped {
  readonly entry: { readonly changes: { readonly value: { readonly messages: object[] } }[] }[];
}

/** The same message, its author named by user id too, or by nothing else. */
const withUser = (webhook: object, userId: string, how: 'as well' | 'alone' = 'as well'): object => {
  const [message] = (webhook as Enveloped).entry[0]?.changes[0]?.value.messages ?? [];
  Object.assign(message ?? {}, { from_user_id: userId, ...(how === 'alone' ? { from: undefined } : {}) });
  return webhook;
};

describe('consent', () => {
  let world: IngestWorld;
  let database: Database;
  let redis: Redis;
  let changes: Watched<ConsentChanged>;
  let replies: Watched<ReplyRequested>;
  let inbound: Watched<InboundReceived>;

  beforeAll(async () => {
    world = await startIngest();
    database = world.stack.database('ingest');
    redis = new Redis(world.stack.redisUrl);
    [changes, replies, inbound] = await Promise.all([
      world.stack.watch(topics.consentChanged),
      world.stack.watch(topics.replyRequested),
      world.stack.watch(topics.inboundReceived),
    ]);
  });

  afterAll(async () => {
    redis.disconnect();
    await world.stop();
  });

  /** A recipient the back office has told of, and their number. */
  const known = async (over: Parameters<typeof aRecipientUpserted>[0] = {}): Promise<{ recipient: RecipientUpserted; e164: string }> => {
    const e164 = aPhoneNumber();
    const recipient = aRecipientUpserted({ address: { case: 'phoneNumber', value: e164 }, ...over });
    await world.stack.publish(topics.recipientUpserted, recipient);
    await eventually(async () => expect(await versionOf(recipient.recipientId)).toBeDefined());
    return { recipient, e164 };
  };
  const versionOf = async (recipientId: string): Promise<number | undefined> =>
    (await database.query<{ consent_version: number }>('select consent_version from recipient where recipient_id = $1', [recipientId]))[0]
      ?.consent_version;
  const statesOf = async (recipientId: string): Promise<Record<string, string>> => {
    const rows = await database.query<{ purpose: string; state: string }>(
      'select purpose, state from consent_state where recipient_id = $1',
      [recipientId],
    );
    return Object.fromEntries(rows.map((row) => [row.purpose, row.state]));
  };
  const lastChangeOf = (recipientId: string): ConsentChanged | undefined => changes.events.findLast((e) => e.recipientId === recipientId);
  const ledgerLines = async (): Promise<number> =>
    (await database.query<{ n: number }>('select count(*) as n from consent_event'))[0]?.n ?? 0;

  it('has rehearsed STOPs at its start, and nothing of it stayed', async () => {
    const [numbers] = await database.query<{ used: number | null }>(
      `select pg_sequence_last_value(pg_get_serial_sequence('consent_event', 'id')) as used`, // what is rolled back does not give them back
    );

    expect(numbers?.used).toBeGreaterThan(0);
    expect(await ledgerLines()).toBe(0);
    expect(await database.query('select from recipient')).toEqual([]);
    expect(await database.query('select from outbox')).toEqual([]);
  });

  it('honours a STOP that comes in the very moment in which the recipient becomes known', async () => {
    const people = Array.from({ length: 40 }, () => {
      const e164 = aPhoneNumber();
      return { e164, recipient: aRecipientUpserted({ address: { case: 'phoneNumber', value: e164 } }) };
    });

    await Promise.all(
      people.flatMap(({ e164, recipient }) => [
        world.stack.publish(topics.recipientUpserted, recipient),
        world.post(anInboundWebhook(e164, 'STOP')),
      ]),
    );

    await eventually(async () => {
      const states = await Promise.all(people.map(({ recipient }) => statesOf(recipient.recipientId)));
      expect(states.filter((state) => state['content'] !== 'opted_out')).toEqual([]);
    });
  });

  it('opts a recipient in by the evidence of the back office, and tells everybody', async () => {
    const { recipient } = await known();

    expect(await statesOf(recipient.recipientId)).toEqual({ content: 'opted_in' });
    await eventually(() => expect(lastChangeOf(recipient.recipientId)).toBeDefined());
    expect(lastChangeOf(recipient.recipientId)).toMatchObject({
      tenantId: 'main',
      purposes: [{ purpose: 'content', state: ConsentState.OPTED_IN, source: 'back-office' }],
    });
  });

  it('commits a STOP before it acknowledges it, and tells the senders by the direct path', async () => {
    const { recipient, e164 } = await known();

    const response = await world.post(anInboundWebhook(e164, 'please STOP!'));

    expect(response.status).toBe(200);
    expect(await statesOf(recipient.recipientId)).toEqual({ content: 'opted_out', marketing: 'opted_out', ai: 'opted_out' });
    const direct = await redis.xrange(`${world.stack.namespace}.consent-direct`, '-', '+');
    const entries = direct.map(([, fields]) => Object.fromEntries(fields.flatMap((v, i) => (i % 2 === 0 ? [[v, fields[i + 1]]] : []))));
    expect(entries).toContainEqual(
      expect.objectContaining({
        recipient_id: recipient.recipientId,
        purpose: 'content',
        state: 'opted_out',
        version: String(await versionOf(recipient.recipientId)),
        at: expect.stringMatching(/^\d{13}$/),
      }),
    );
    const version = await versionOf(recipient.recipientId);
    await eventually(() => expect(lastChangeOf(recipient.recipientId)?.version).toBe(BigInt(version ?? 0)));
  });

  it('confirms a command once, in the language of the recipient, from the number that was written to', async () => {
    const { recipient, e164 } = await known({ language: 'hi' });
    const webhook = anInboundWebhook(e164, 'बंद करो');

    await world.post(webhook);
    await world.post(webhook);

    await eventually(() => expect(replies.events.filter((r) => r.recipientId === recipient.recipientId)).not.toEqual([]));
    const [reply, ...more] = replies.events.filter((r) => r.recipientId === recipient.recipientId);
    expect(more).toEqual([]);
    expect(reply).toMatchObject({
      phoneNumberId: '106540352242922',
      language: 'hi',
      purpose: 'stop-confirmed',
      content: { case: 'text', value: expect.stringContaining('START') },
    });
    expect(testPrivacy.addresses.open(reply?.sealedAddress ?? new Uint8Array(), recipient.recipientId)).toBe(e164);
  });

  it('changes nothing when a webhook is replayed', async () => {
    const { recipient, e164 } = await known();
    const webhooks = [
      anInboundWebhook(e164, 'stop'),
      aPreferenceWebhook(e164, 'stop', Date.now()),
      aStatusWebhook({ to: e164, status: 'failed', errorCode: 131050 }),
    ];
    for (const webhook of webhooks) expect((await world.post(webhook)).status).toBe(200);
    const before = [await ledgerLines(), await versionOf(recipient.recipientId)];

    for (const webhook of webhooks) expect((await world.post(webhook)).status).toBe(200);

    expect([await ledgerLines(), await versionOf(recipient.recipientId)]).toEqual(before);
  });

  it('starts, pauses and resumes; the newest order wins, whenever it arrives', async () => {
    const { recipient, e164 } = await known();
    const nowMs = Date.now();

    await world.post(anInboundWebhook(e164, 'STOP', { atMs: nowMs - 60_000 }));
    await world.post(anInboundWebhook(e164, 'START', { atMs: nowMs - 50_000 }));
    expect((await statesOf(recipient.recipientId))['content']).toBe('opted_in');

    await world.post(anInboundWebhook(e164, 'pause for 7 days', { atMs: nowMs - 40_000 }));
    expect((await statesOf(recipient.recipientId))['content']).toBe('paused');

    await world.post(anInboundWebhook(e164, 'resume', { atMs: nowMs - 30_000 }));
    await world.post(anInboundWebhook(e164, 'STOP', { atMs: nowMs - 55_000 })); // late, and older than the START
    expect((await statesOf(recipient.recipientId))['content']).toBe('opted_in');
  });

  it('does not take a letter for an order', async () => {
    const { recipient, e164 } = await known();
    const wamid = aWamid(e164);

    await world.post(anInboundWebhook(e164, "please don't stop", { wamid }));

    expect(await statesOf(recipient.recipientId)).toEqual({ content: 'opted_in' });
    const hash = testPrivacy.wamidKeys.keyOf(wamid);
    await eventually(() => expect(inbound.events.find((e) => e.wamidHash === hash)).toBeDefined());
    expect(inbound.events.find((e) => e.wamidHash === hash)).toMatchObject({
      recipientId: recipient.recipientId,
      command: InboundCommand.UNSPECIFIED,
    });
  });

  it('keeps a STOP of somebody unknown, for when the back office tells who it is', async () => {
    const e164 = aPhoneNumber();
    await world.post(anInboundWebhook(e164, 'STOP'));

    const recipient = aRecipientUpserted({ address: { case: 'phoneNumber', value: e164 } });
    await world.stack.publish(topics.recipientUpserted, recipient);

    await eventually(() => expect(lastChangeOf(recipient.recipientId)).toBeDefined());
    expect((await statesOf(recipient.recipientId))['content']).toBe('opted_out');
  });

  it('takes a stop inside WhatsApp and 131050 for a no to messages', async () => {
    const [byMenu, byCode] = [await known(), await known()];

    await world.post(aPreferenceWebhook(byMenu.e164, 'stop', Date.now()));
    await world.post(aStatusWebhook({ to: byCode.e164, status: 'failed', errorCode: 131050 }));

    expect(await statesOf(byMenu.recipient.recipientId)).toEqual({ content: 'opted_out', marketing: 'opted_out' });
    expect(await statesOf(byCode.recipient.recipientId)).toEqual({ content: 'opted_out', marketing: 'opted_out' });

    await world.post(aPreferenceWebhook(byMenu.e164, 'resume', Date.now() + 2_000));
    expect(await statesOf(byMenu.recipient.recipientId)).toEqual({ content: 'opted_in', marketing: 'opted_out' }); // as before, no more
  });

  it('confirms what holds, not what was ordered', async () => {
    const { recipient, e164 } = await known();
    const nowMs = Date.now();
    await world.post(anInboundWebhook(e164, 'STOP', { atMs: nowMs - 20_000 }));
    await world.post(anInboundWebhook(e164, 'RESUME', { atMs: nowMs - 10_000 }));

    const toldThem = () => replies.events.filter((reply) => reply.recipientId === recipient.recipientId);
    await eventually(() => expect(toldThem()).toHaveLength(2));
    for (const { content } of toldThem()) expect(content.value).toContain('no more messages');
  });

  it('lets consent follow a person to a new number, known or not, and audits it', async () => {
    const audits = await world.stack.watch(topics.auditRecorded);
    const { recipient, e164 } = await known();
    const [newNumber, stranger, strangersNew] = [aPhoneNumber(), aPhoneNumber(), aPhoneNumber()];

    await world.post(aNumberChangedWebhook(e164, newNumber));
    await world.post(anInboundWebhook(newNumber, 'STOP'));
    expect((await statesOf(recipient.recipientId))['content']).toBe('opted_out');
    await eventually(() =>
      expect(audits.events).toContainEqual(
        expect.objectContaining({ action: 'recipient.moved', object: `recipient/${recipient.recipientId}` }),
      ),
    );

    await world.post(anInboundWebhook(stranger, 'STOP'));
    await world.post(aNumberChangedWebhook(stranger, strangersNew));
    const later = aRecipientUpserted({ address: { case: 'phoneNumber', value: strangersNew } });
    await world.stack.publish(topics.recipientUpserted, later);
    await eventually(async () => expect((await statesOf(later.recipientId))['content']).toBe('opted_out'));
  });

  it('does not move a person back to the number that the back office goes on to say', async () => {
    const { recipient, e164 } = await known();
    const [moved, corrected] = [aPhoneNumber(), aPhoneNumber()];
    await world.post(aNumberChangedWebhook(e164, moved));

    // The same record again, and a nightly one that knows no better.
    await world.stack.publish(topics.recipientUpserted, recipient);
    await world.stack.publish(topics.recipientUpserted, { ...recipient, language: 'mr', updatedAt: timestampFromMs(Date.now()) });
    const addressOf = async () =>
      (
        await database.query<{ key: string; language: string }>(
          'select address_key as key, language from recipient where recipient_id = $1',
          [recipient.recipientId],
        )
      )[0];
    await eventually(async () => expect(await addressOf()).toEqual({ key: testPrivacy.addressKeys.keyOf(moved), language: 'mr' }));
    await world.post(anInboundWebhook(moved, 'STOP'));
    expect((await statesOf(recipient.recipientId))['content']).toBe('opted_out');

    const word = { ...recipient, address: { case: 'phoneNumber' as const, value: corrected }, updatedAt: timestampFromMs(Date.now()) };
    await world.stack.publish(topics.recipientUpserted, word); // it does know better
    await eventually(async () => expect((await addressOf())?.key).toBe(testPrivacy.addressKeys.keyOf(corrected)));
  });

  it('learns the user id of a number, and what was said under it before, from webhooks that name both', async () => {
    const { recipient, e164 } = await known();
    const early = await known();
    const [userId, earlyId] = [`IN.${randomUUID()}`, `IN.${randomUUID()}`];
    await world.post(withUser(anInboundWebhook(aPhoneNumber(), 'STOP'), earlyId, 'alone'));
    await world.post(withUser(anInboundWebhook(e164, 'hello'), userId));
    await world.post(withUser(anInboundWebhook(early.e164, 'hello'), earlyId));
    await eventually(async () => expect((await statesOf(early.recipient.recipientId))['content']).toBe('opted_out'));

    await world.post(withUser(anInboundWebhook(aPhoneNumber(), 'STOP'), userId, 'alone'));

    expect((await statesOf(recipient.recipientId))['content']).toBe('opted_out');
  });

  it('tells the senders of an erasure, and goes on from there when the person comes again', async () => {
    const { recipient, e164 } = await known();
    const { recipientId } = recipient;
    await world.post(anInboundWebhook(e164, 'STOP'));
    const before = (await versionOf(recipientId)) ?? 0;

    await world.stack.tombstone(topics.recipientUpserted, recipientId);
    await eventually(async () => expect(await versionOf(recipientId)).toBeUndefined());
    const said = async () =>
      (await redis.xrange(`${world.stack.namespace}.consent-direct`, '-', '+'))
        .map(([, fields]) => new Map(fields.flatMap((v, i) => (i % 2 === 0 ? [[v, fields[i + 1] ?? '']] : []))))
        .filter((entry) => entry.get('recipient_id') === recipientId);
    await eventually(async () => expect((await said()).at(-1)?.get('erased')).toBe('1'));
    const erasedAt = Number((await said()).at(-1)?.get('version'));
    await world.stack.publish(topics.recipientUpserted, recipient);
    await eventually(async () => expect(await versionOf(recipientId)).toBeGreaterThan(erasedAt));

    expect(erasedAt).toBeGreaterThan(before);
  });

  it('carries to the senders what a crash or an absent Redis kept back', async () => {
    const { recipient, e164 } = await known();
    const { recipientId } = recipient;
    await world.post(anInboundWebhook(e164, 'STOP'));
    await eventually(async () => expect(await database.query('select from direct_due')).toEqual([])); // all is said
    await redis.del(`${world.stack.namespace}.consent-direct`);

    await database.execute(
      `insert into direct_due (recipient_id, version, due_at) select recipient_id, consent_version, now() - interval '1 minute' from recipient where recipient_id = $1`,
      [recipientId],
    );

    await eventually(async () => expect(await database.query('select from direct_due')).toEqual([]));
    const entries = await redis.xrange(`${world.stack.namespace}.consent-direct`, '-', '+');
    expect(entries.map(([, fields]) => fields.slice(0, 6))).toContainEqual([
      'recipient_id',
      recipientId,
      'purpose',
      'content',
      'state',
      'opted_out',
    ]);
  });

  it('sets aside what the database will never take, and records what came with it', async () => {
    const { recipient, e164 } = await known();
    const refused = () => database.query(`select from unhandled_update where field = 'refused'`);
    const before = (await refused()).length;
    const webhook = anInboundWebhook(e164, 'STOP') as Enveloped;
    const tooLong = randomBytes(6_000).toString('base64'); // for any index
    const poison = withUser(anInboundWebhook(aPhoneNumber(), 'STOP'), tooLong, 'alone') as Enveloped;

    const answer = await world.post({ ...webhook, entry: [...webhook.entry, ...poison.entry] });

    expect(answer.status).toBe(200);
    expect((await statesOf(recipient.recipientId))['content']).toBe('opted_out');
    expect(await refused()).toHaveLength(before + 1);
  });

  it('holds a storm of STOPs: each committed before its own acknowledgement', async () => {
    const people = await Promise.all(Array.from({ length: 60 }, () => known()));

    await Promise.all(
      people.map(async ({ recipient, e164 }) => {
        expect((await world.post(anInboundWebhook(e164, 'STOP'))).status).toBe(200);
        expect((await statesOf(recipient.recipientId))['content']).toBe('opted_out');
      }),
    );
  });

  it('forgets an erased recipient: rows, key and everybody’s copy; the counts stay', async () => {
    const { recipient, e164 } = await known();
    await world.post(anInboundWebhook(e164, 'STOP'));

    await world.stack.tombstone(topics.recipientUpserted, recipient.recipientId);

    await eventually(() => expect(changes.tombstones).toContain(recipient.recipientId));
    const [left] = await database.query<{ n: number }>(
      `select (select count(*) from recipient where recipient_id = $1) + (select count(*) from consent_event where recipient_id = $1)
            + (select count(*) from consent_state where recipient_id = $1) as n`,
      [recipient.recipientId],
    );
    expect(left?.n).toBe(0);
    const [erased] = await database.query<{ n: number }>(
      `select events as n from erased_consent where purpose = 'content' and change = 'stop' and source = 'command'`,
    );
    expect(erased?.n).toBeGreaterThanOrEqual(1);
  });

  it('dead-letters a recipient that is wrong, with every reason and no value, and goes on', async () => {
    const letters = await world.stack.watch(topics.deadLetter);
    const bad = aRecipientUpserted({ address: { case: 'phoneNumber', value: '12' }, optIns: [{ purpose: 'content' }] });

    await world.stack.publish(topics.recipientUpserted, bad);
    await known();

    await eventually(() => expect(letters.events.map((l) => l.violations.map((v) => v.field))).toContainEqual(['opt_ins[0].given_at']));
    expect(await versionOf(bad.recipientId)).toBeUndefined();
  });

  it('takes no yes of tomorrow, which would outlive the STOP of today', async () => {
    const letters = await world.stack.watch(topics.deadLetter);
    const tomorrow = aRecipientUpserted({ optIns: [{ purpose: 'content', givenAt: timestampFromMs(Date.now() + 86_400_000) }] });

    await world.stack.publish(topics.recipientUpserted, tomorrow);

    await eventually(() =>
      expect(letters.events.flatMap((l) => l.violations)).toContainEqual(
        expect.objectContaining({ field: 'opt_ins[0].given_at', reason: 'lies in the future' }),
      ),
    );
    expect(await versionOf(tomorrow.recipientId)).toBeUndefined();
  });

  it('re-keys a recipient whose user id WhatsApp changed, and audits it', async () => {
    const audits = await world.stack.watch(topics.auditRecorded);
    const [before, after] = [`IN.${randomUUID().replaceAll('-', '')}`, `IN.${randomUUID().replaceAll('-', '')}`];
    const recipient = aRecipientUpserted({ address: { case: undefined }, businessScopedUserId: before });
    await world.stack.publish(topics.recipientUpserted, recipient);
    await eventually(async () => expect(await versionOf(recipient.recipientId)).toBeDefined());

    expect((await world.post(aUserIdWebhook(before, after))).status).toBe(200);

    const rows = await database.query('select business_scoped_user_id as id from recipient where recipient_id = $1', [
      recipient.recipientId,
    ]);
    expect(rows).toEqual([{ id: after }]);
    await eventually(() =>
      expect(audits.events).toContainEqual(
        expect.objectContaining({ action: 'recipient.moved', object: `recipient/${recipient.recipientId}` }),
      ),
    );
  });

  it('lets nobody rewrite the ledger', async () => {
    await expect(database.execute(`update consent_event set change = 'start'`)).rejects.toThrow('permission denied');
  });

  it('keeps no number and no wamid in clear, in tables or in Redis', async () => {
    const { e164 } = await known();
    const wamid = aWamid(e164);
    await world.post(anInboundWebhook(e164, `STOP`, { wamid }));

    const tables = ['recipient', 'consent_event', 'consent_state', 'outbox', 'spool', 'unhandled_update'];
    const dumps = await Promise.all(
      tables.map((table) =>
        database.query(`select t::text as row from ${table} t where t::text like $1 or t::text like $2`, [
          `%${e164.slice(3)}%`,
          `%${wamid}%`,
        ]),
      ),
    );
    expect(dumps.flat()).toEqual([]);
    const stream = JSON.stringify(await redis.xrange(`${world.stack.namespace}.consent-direct`, '-', '+'));
    expect(stream).not.toContain(e164.slice(3));
  });
});
