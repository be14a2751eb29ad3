import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NUMBER, PERSON, TestSimulator, templateWith, type Status } from './simulator.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A test that starts three simulators: it must not fail because the machine does something else, too. */
const SLOW_MACHINE_MS = 30_000;

describe('webhooks', () => {
  let simulator: TestSimulator;
  const start = async (over: Record<string, unknown> = {}): Promise<void> => void (simulator = await TestSimulator.start(over));
  beforeEach(() => start());
  afterEach(() => simulator.stop());
  const restart = async (over: Record<string, unknown>): Promise<void> => {
    await simulator.stop();
    await start(over);
  };
  const words = (): string[] => simulator.callback.statuses.map((s) => s.status);
  const codes = (): unknown[] =>
    simulator.callback.statuses.map((s) => (s['errors'] as { code: number }[] | undefined)?.[0]?.code ?? s.status);
  const configure = (body: unknown) => simulator.call('PATCH', '/_sim/config', body);

  it('tell sent, delivered and read, with the reference, signed over the bytes', async () => {
    await simulator.send({ biz_opaque_callback_data: 'd.main-20261124-0600.x.1.7' });
    await simulator.pass(DAY_MS);

    expect(words()).toEqual(['sent', 'delivered', 'read']);
    expect(simulator.callback.posts.every((p) => p.signedWell)).toBe(true);
    for (const status of simulator.callback.statuses) {
      expect(status).toMatchObject({
        recipient_id: PERSON.slice(1),
        biz_opaque_callback_data: 'd.main-20261124-0600.x.1.7',
        timestamp: expect.stringMatching(/^\d{10}$/) as unknown,
      });
    }
    expect(simulator.callback.statuses[0]?.['pricing']).toEqual({
      billable: true,
      pricing_model: 'PMP',
      type: 'regular',
      category: 'marketing',
    });
    expect(simulator.callback.changes[0]?.value['metadata']).toEqual({ display_phone_number: '918047180001', phone_number_id: NUMBER });
  });

  it('are stamped with the time of the event, not of the POST', async () => {
    await configure({ webhooks: { lag: { medianMs: 60_000, p95Ms: 60_000, maxMs: 60_000 } } });
    const sentAtMs = simulator.clock.nowMs();
    await simulator.send();
    await simulator.pass(5 * 60_000);

    expect(Number(simulator.callback.statuses[0]?.timestamp) * 1_000 - sentAtMs).toBeLessThan(21_000);
  });

  it(
    'are the same for the same seed, whoever comes first',
    async () => {
      const morning = async (seed: number, people: string[]): Promise<string[]> => {
        await restart({ seed });
        for (const to of people) await simulator.send({ to });
        await simulator.pass(DAY_MS);
        return simulator.callback.statuses.map((s) => `${String(s['recipient_id'])} ${s.status} ${s.timestamp}`).sort();
      };
      const people = Array.from({ length: 10 }, (_, i) => `+91981234560${i}`);

      const first = await morning(3, people);

      expect(await morning(3, [...people].reverse())).toEqual(first);
      expect(await morning(4, people)).not.toEqual(first);
    },
    SLOW_MACHINE_MS,
  );

  it('are tried again, ever more rarely, while the answer is not 200', async () => {
    await simulator.send();
    simulator.callback.answers = [500, 503, 404, 500];
    await simulator.pass(DAY_MS);

    const attempts = simulator.ledger().filter((l) => l.kind === 'webhook' && l.status === 'sent');
    expect(attempts.map((l) => [l['attempt'], l.answer]).at(-1)?.[1]).toBe(200);
    expect(attempts.length).toBeGreaterThan(1);
    const gaps = attempts.slice(1).map((l, i) => Date.parse(l.at) - Date.parse(attempts[i]?.at ?? ''));
    expect(gaps).toEqual([...gaps].sort((a, b) => a - b));
    expect(simulator.callback.statuses.filter((s) => s.status === 'sent')).toHaveLength(attempts.length);
  });

  it('are given up after a week', async () => {
    await configure({ webhooks: { retryForMs: 2 * HOUR_MS } });
    simulator.callback.answers = Array.from({ length: 1_000 }, () => 500);
    await simulator.send();
    await simulator.pass(2 * DAY_MS);

    expect(
      simulator
        .ledger()
        .filter((l) => l['gave_up'] === true)
        .map((l) => l.status)
        .sort(),
    ).toEqual(['delivered', 'read', 'sent']);
  });

  it('come in batches where that is wanted', async () => {
    await configure({ webhooks: { batchMax: 1_000, lingerMs: 60_000 } });
    for (let i = 0; i < 20; i += 1) await simulator.send({ to: `+9198123456${String(i).padStart(2, '0')}` });
    await simulator.pass(5 * 60_000);

    expect(simulator.callback.posts.length).toBeLessThan(10);
    expect(words().filter((w) => w === 'delivered')).toHaveLength(20);
    expect(simulator.ledger().filter((l) => l.kind === 'webhook' && l.status === 'sent')).toHaveLength(20);
  });

  it('come several times, and out of order', async () => {
    await configure({ webhooks: { duplicateShare: 1, duplicateTimes: 4, reorderShare: 0.5, reorderByMs: DAY_MS } });
    await simulator.send();
    await simulator.pass(3 * DAY_MS);

    expect(words()).toHaveLength(15);
    expect(words()).not.toEqual(
      [...words()].sort((a, b) => ['sent', 'delivered', 'read'].indexOf(a) - ['sent', 'delivered', 'read'].indexOf(b)),
    );
  });

  it('get lost, and the ledger says so', async () => {
    await configure({ webhooks: { lossShare: 1 } });
    await simulator.send();
    await simulator.pass(DAY_MS);

    expect(simulator.callback.posts).toHaveLength(0);
    expect(simulator.ledger().filter((l) => l['lost'] === true)).toHaveLength(3);
  });

  describe('of people who', () => {
    const describePerson = (person: Record<string, unknown>) =>
      simulator.call('PUT', '/_sim/recipients', { phoneNumber: PERSON, ...person });

    it.each([
      ['are not on WhatsApp', { onWhatsApp: false }, 131_026],
      ['are capped', { marketing: 'capped' }, 131_049],
      ['are in a holdout', { marketing: 'holdout' }, 130_472],
      ['opted out', { marketing: 'opted-out' }, 131_050],
    ])('%s say why it failed', async (_, person, code) => {
      await describePerson(person);
      expect((await simulator.send()).status).toBe(200);
      await simulator.pass(DAY_MS);

      expect(codes()).toEqual([code]);
      expect((simulator.callback.statuses[0]?.['errors'] as Record<string, unknown>[])[0]).toMatchObject({
        title: expect.any(String),
        error_data: { details: expect.any(String) },
      });
    });

    it('sleep with their phone off: sent now, delivered when it is on', async () => {
      await describePerson({ phoneOffUntil: '07:30' });
      await simulator.send();
      await simulator.pass(HOUR_MS);
      expect(words()).toEqual(['sent']);

      await simulator.pass(DAY_MS);

      const delivered = simulator.callback.statuses.find((s): s is Status => s.status === 'delivered');
      expect(new Date(Number(delivered?.timestamp) * 1_000).toISOString()).toMatch(/^2026-11-24T02:0[0-2]/);
    });

    it('stay off longer than the message lives: nothing more is heard', async () => {
      await describePerson({ phoneOffUntil: '2027-01-15T06:00:00+05:30' });
      await simulator.send();
      await simulator.pass(60 * DAY_MS);

      expect(words()).toEqual(['sent']);
    });

    it('read without a delivered', async () => {
      await configure({ recipients: { shares: { readWithoutDelivered: 1 } } });
      await simulator.send();
      await simulator.pass(DAY_MS);

      expect(words()).toEqual(['sent', 'read']);
      expect(simulator.callback.statuses[1]).toHaveProperty('pricing');
    });

    it('get a message that failed before: both are told', async () => {
      await configure({ recipients: { shares: { failedThenDelivered: 1 } } });
      await simulator.send();
      await simulator.pass(DAY_MS);

      expect(codes()).toEqual(['sent', 131_026, 'delivered', 'read']);
    });

    it('answer STOP, which opens a service window', async () => {
      await describePerson({ reaction: 'stops' });
      await simulator.send();
      await simulator.pass(12 * HOUR_MS);

      const inbound = simulator.callback.changes.flatMap((c) => c.value.messages ?? []);
      expect(inbound).toEqual([expect.objectContaining({ from: PERSON.slice(1), type: 'text', text: { body: 'STOP' } })]);
      await simulator.send({ type: 'text', text: { body: 'You will not hear from us again.' } });
      await simulator.pass(60_000);
      expect(simulator.callback.statuses.at(-1)).toMatchObject({
        status: 'delivered',
        pricing: { type: 'free_customer_service', category: 'service', billable: false },
      });
    });

    it('tap the first button: its payload comes back, quoting the message', async () => {
      await describePerson({ reaction: 'taps' });
      const image = String((await simulator.upload()).body.id);
      const components = [
        { type: 'header', parameters: [{ type: 'image', image: { id: image } }] },
        { type: 'body', parameters: [{ type: 'text', parameter_name: 'name', text: 'Asha' }] },
        { type: 'button', sub_type: 'quick_reply', index: '0', parameters: [{ type: 'payload', payload: 'more:run' }] },
      ];
      const sent = await simulator.send({ template: templateWith(components) });
      await simulator.pass(12 * HOUR_MS);

      const [{ id: wamid }] = sent.body['messages'] as [{ id: string }];
      expect(simulator.callback.changes.flatMap((c) => c.value.messages ?? [])).toEqual([
        expect.objectContaining({
          type: 'button',
          button: { payload: 'more:run', text: 'More images' },
          context: { from: '918047180001', id: wamid },
        }),
      ]);
    });

    it('block the sender: what follows fails, and the number’s quality suffers', async () => {
      await configure({ quality: { yellowAt: 1, redAt: 10 } });
      await describePerson({ reaction: 'blocks' });
      await simulator.send();
      await simulator.pass(12 * HOUR_MS);
      expect((await simulator.graph('GET', NUMBER)).body['quality_rating']).toBe('RED');

      await simulator.send();
      await simulator.pass(60_000);
      expect(codes().at(-1)).toBe(131_026);
      const paused = simulator.callback.changes.filter((c) => c.field === 'message_template_status_update');
      expect(paused[0]?.value).toMatchObject({ event: 'PAUSED', message_template_name: 'hello', other_info: { title: 'FIRST_PAUSE' } });
    });
  });

  it('say that a text outside the service window was in vain', async () => {
    expect((await simulator.send({ type: 'text', text: { body: 'hello' } })).status).toBe(200);
    await simulator.pass(60_000);

    expect(codes()).toEqual([131_047]);
  });

  it('say nothing of who is beyond the portfolio’s limit, or fail as configured', async () => {
    const portfolio = { id: '942647313864044', uniqueRecipientsPerDay: 1 };
    await restart({ portfolios: [portfolio] });
    const two = async (): Promise<void> => {
      await simulator.send();
      await simulator.pass(60_000);
      await simulator.send({ to: '+919812345670' });
      await simulator.pass(60_000);
    };

    await two();
    expect(words()).toEqual(['sent', 'delivered']);
    await restart({ portfolios: [{ ...portfolio, overLimit: 131_048 }] });
    await two();
    expect(codes()).toEqual(['sent', 'delivered', 131_048]);
  });

  it('bring what people write in any script, escaped and signed', async () => {
    const { body } = await simulator.call('POST', '/_sim/inbound', { from: PERSON, to: 1, text: 'बंद करें 🙏' });
    await simulator.pass(60_000);

    const [post] = simulator.callback.posts;
    expect(post?.signedWell).toBe(true);
    expect(post?.body).toContain('\\u092c\\u0902\\u0926');
    // eslint-disable-next-line no-control-regex -- exactly ASCII
    expect(post?.body).toMatch(/^[\x00-\x7f]*$/);
    expect(simulator.callback.changes[0]?.value.messages?.[0]).toMatchObject({ id: body['wamid'], text: { body: 'बंद करें 🙏' } });
    expect(simulator.ledger().filter((l) => l.kind === 'inbound')).toEqual([
      expect.objectContaining({ from: PERSON, phone_number_id: NUMBER, text: 'बंद करें 🙏' }),
    ]);
  });

  it('bring preferences, after which marketing fails', async () => {
    await simulator.call('POST', '/_sim/inbound', { from: PERSON, preference: 'stop' });
    await simulator.send();
    await simulator.pass(60_000);
    expect(simulator.callback.changes.find((c) => c.field === 'user_preferences')?.value['user_preferences']).toEqual([
      expect.objectContaining({
        wa_id: PERSON.slice(1),
        category: 'marketing_messages',
        value: 'stop',
        timestamp: expect.any(Number) as unknown,
      }),
    ]);
    expect(codes()).toContain(131_050);

    await simulator.call('POST', '/_sim/inbound', { from: PERSON, preference: 'resume' });
    await simulator.send();
    await simulator.pass(60_000);
    expect(words()).toContain('delivered');
  });
});
