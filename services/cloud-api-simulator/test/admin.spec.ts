import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { NUMBER, PERSON, TestSimulator, type Answer } from './simulator.js';

const schema = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../../docs/ledger.schema.json'), 'utf8')) as object;

describe('administration', () => {
  let simulator: TestSimulator;
  beforeEach(async () => (simulator = await TestSimulator.start()));
  afterEach(() => simulator.stop());
  const list = (answer: Answer): unknown[] => JSON.parse(String(answer.body['text'])) as unknown[];

  it('shows the state', async () => {
    await simulator.send();
    await simulator.pass(60_000);

    const { body } = await simulator.call('GET', '/_sim/state');

    expect(body).toMatchObject({
      clock: '2026-11-24T00:30:30.000Z',
      seed: 1,
      messages: { accepted: 1, by_status: { delivered: 1 } },
      webhooks: { backlog: 0 },
    });
    expect(body['numbers']).toEqual(
      expect.arrayContaining([expect.objectContaining({ id: NUMBER, throughput: 80, most_in_rolling_second: 1 })]),
    );
  });

  it('changes behaviour while it runs, and refuses what makes no sense', async () => {
    expect((await simulator.call('PATCH', '/_sim/config', { webhooks: { lossShare: 0.25 } })).body['webhooks']).toMatchObject({
      lossShare: 0.25,
      batchMax: 1,
    });
    expect((await simulator.call('PATCH', '/_sim/config', { webhooks: { lossShare: 7 } })).status).toBe(400);
    expect((await simulator.call('PATCH', '/_sim/config', { tokens: [] })).status).toBe(400);
    expect((await simulator.call('GET', '/_sim/config')).body['webhooks']).toMatchObject({ lossShare: 0.25 });
  });

  it.each([
    ['from nobody', { text: 'x' }],
    ['with nothing', { from: PERSON }],
    ['to a number that does not exist', { from: PERSON, to: '999', text: 'x' }],
  ])('refuses an inbound message %s', async (_, body) =>
    expect((await simulator.call('POST', '/_sim/inbound', body)).status).toBeGreaterThanOrEqual(400),
  );

  it('lets people tap, choose and send what else there is', async () => {
    for (const content of [
      { button: { text: 'Stop' } },
      { interactive: { kind: 'list_reply', id: 'row-1', title: 'One' } },
      { raw: { type: 'reaction', reaction: { message_id: 'wamid.x', emoji: '👍' } } },
    ])
      await simulator.call('POST', '/_sim/inbound', { from: PERSON, ...content });
    await simulator.pass(60_000);

    const messages = simulator.callback.changes.flatMap((c) => c.value.messages ?? []);
    expect(messages).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'button', button: { payload: 'Stop', text: 'Stop' } }),
        expect.objectContaining({ type: 'interactive', interactive: { type: 'list_reply', list_reply: { id: 'row-1', title: 'One' } } }),
        expect.objectContaining({ type: 'reaction' }),
      ]),
    );
  });

  it('starts a storm of STOPs among those who got a message', async () => {
    for (let i = 0; i < 20; i += 1) await simulator.send({ to: `+9198123456${String(i).padStart(2, '0')}` });
    await simulator.pass(3_600_000);

    await simulator.call('POST', '/_sim/actions', { do: 'stop-storm', share: 1, perSecond: 10 });
    await simulator.pass(60_000);

    expect(simulator.ledger().filter((l) => l.kind === 'inbound' && l['text'] === 'STOP')).toHaveLength(20);
  });

  it('answers questions about the ledger from the file', async () => {
    await simulator.send({ biz_opaque_callback_data: 'd.x.1' });
    await simulator.send({ biz_opaque_callback_data: 'd.x.2', to: 'nobody' });

    expect(list(await simulator.call('GET', '/_sim/ledger?kind=request&accepted=true'))).toEqual([
      expect.objectContaining({ reference: 'd.x.1' }),
    ]);
    expect(list(await simulator.call('GET', '/_sim/ledger?after=1'))).toEqual([expect.objectContaining({ seq: 2 })]);
    expect(list(await simulator.call('GET', '/_sim/ledger?limit=1'))).toHaveLength(1);
  });

  it('writes a ledger that keeps to its published schema, without gaps', async () => {
    const isLine: ValidateFunction = new Ajv({
      allErrors: true,
      formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/ },
    }).compile(schema);
    await simulator.call('PATCH', '/_sim/config', { webhooks: { duplicateShare: 1, lossShare: 0.3 } });
    const { id } = (await simulator.upload()).body;
    await simulator.graph('GET', String(id));
    await simulator.send({ biz_opaque_callback_data: 'd.x.1' });
    await simulator.send({ template: { name: 'nobody', language: { code: 'en' } } });
    await simulator.call('POST', '/_sim/inbound', { from: PERSON, text: 'STOP' });
    await simulator.call('POST', '/_sim/inbound', { from: PERSON, preference: 'stop' });
    await simulator.call('POST', '/_sim/actions', { do: 'ban-account' });
    await simulator.call('POST', '/_sim/faults', { kind: 'error' });
    await simulator.send();
    await simulator.pass(86_400_000);

    const lines = simulator.ledger();
    expect(lines.filter((line) => !isLine(line)).map((line) => [line, isLine.errors])).toEqual([]);
    expect(lines.map((l) => l.seq)).toEqual(lines.map((_, i) => i + 1));
    expect(new Set(lines.map((l) => l.kind))).toEqual(new Set(['request', 'webhook', 'inbound']));
  });
});
