import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NUMBER, TestSimulator, templateWith, WABA, type Answer, type Change } from './simulator.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const aTemplate = {
  name: 'nudge',
  language: 'en',
  category: 'UTILITY',
  components: [{ type: 'BODY', text: 'Your daily content pack of today is ready for you.' }],
};

describe('templates', () => {
  let simulator: TestSimulator;
  beforeEach(async () => (simulator = await TestSimulator.start()));
  afterEach(() => simulator.stop());

  const create = (over: Record<string, unknown> = {}): Promise<Answer> =>
    simulator.graph('POST', `${WABA}/message_templates`, { ...aTemplate, ...over });
  const statusOf = async (id: unknown): Promise<unknown> => (await simulator.graph('GET', `${String(id)}?fields=status`)).body['status'];
  const events = (field: string): Change['value'][] => simulator.callback.changes.filter((c) => c.field === field).map((c) => c.value);
  const act = (action: Record<string, unknown>) => simulator.call('POST', '/_sim/actions', action);

  it('are listed page by page, `next` only where more follows', async () => {
    const names: unknown[] = [];
    let path: string | undefined = `/v24.0/${WABA}/message_templates?limit=3&fields=name,language`;
    for (let pages = 0; path !== undefined && pages < 5; pages += 1) {
      const { body }: Answer = await simulator.call('GET', path);
      const { data, paging } = body as {
        data: { name: string; language: string }[];
        paging: { cursors: { after: string }; next?: string };
      };
      names.push(...data.map((t) => `${t.name}/${t.language}`));
      expect(paging.cursors.after).toBeTruthy();
      path = paging.next?.replace(simulator.url, '');
    }

    expect(names).toEqual(['v1', 'v2'].flatMap((v) => ['en', 'hi', 'mr'].map((l) => `daily_pack_${v}/${l}`)).concat('hello/en'));
  });

  it('are not listed from a cursor nobody gave: 131059', async () => {
    expect((await simulator.graph('GET', `${WABA}/message_templates?after=bm9uc2Vuc2U`)).body.error).toMatchObject({ code: 131_059 });
  });

  it.each([
    ['name=daily_pack_v1', 3],
    ['language=hi', 2],
    ['status=APPROVED,PAUSED', 7],
    ['status=REJECTED', 0],
    ['category=AUTHENTICATION', 0],
  ])('are filtered by %s', async (filter, count) =>
    expect((await simulator.graph('GET', `${WABA}/message_templates?${filter}`)).body['data']).toHaveLength(count),
  );

  it('refuse a field they have not', async () =>
    expect((await simulator.graph('GET', `${WABA}/message_templates?fields=name,weight`)).body.error?.['code']).toBe(100));

  it('are reviewed, and can be sent only then', async () => {
    const { body } = await create();
    expect(body).toMatchObject({ status: 'PENDING', category: 'UTILITY' });
    expect((await simulator.send({ template: templateWith([], 'nudge') })).body.error?.['code']).toBe(132_001);

    await simulator.pass(27 * HOUR_MS);

    expect(await statusOf(body.id)).toBe('APPROVED');
    expect((await simulator.send({ template: templateWith([], 'nudge') })).status).toBe(200);
    expect(events('message_template_status_update')).toEqual([
      expect.objectContaining({ event: 'APPROVED', message_template_name: 'nudge', reason: 'NONE' }),
    ]);
  });

  it('are rejected by name, with a reason', async () => {
    await simulator.call('PATCH', '/_sim/config', { review: { rejectNames: ['^nudge'], rejectReason: 'PROMOTIONAL' } });
    const { body } = await create();

    await simulator.pass(27 * HOUR_MS);

    expect(await statusOf(body.id)).toBe('REJECTED');
    expect(events('message_template_status_update')).toEqual([expect.objectContaining({ event: 'REJECTED', reason: 'PROMOTIONAL' })]);
  });

  it('are made marketing where a utility text is promotional', async () => {
    const components = [{ type: 'BODY', text: 'A limited time offer is waiting for you and your clients today.' }];

    expect((await create({ components })).body).toMatchObject({ status: 'PENDING', category: 'MARKETING' });
  });

  it.each([
    ['a name with capitals', { name: 'Nudge' }, 100],
    ['a language nobody speaks', { language: 'english' }, 100],
    ['an unknown category', { category: 'NEWS' }, 100],
    ['no components', { components: undefined }, 100],
    ['a body of 1 025 characters', { components: [{ type: 'BODY', text: 'a'.repeat(1_025) }] }, 2_388_040],
    ['a name and language that exist', { name: 'daily_pack_v1' }, 100],
    ['a time to live that is too long', { message_send_ttl_seconds: 43_201 }, 100],
  ])('are refused for %s', async (_, over, code) => expect((await create(over)).body.error?.['code']).toBe(code));

  it('are made at most a hundred times an hour', async () => {
    await simulator.call('PATCH', '/_sim/config', { limits: { templatesPerHour: 2 } });
    const codes = [];
    for (let i = 0; i < 3; i += 1) codes.push((await create({ name: `nudge_${i}` })).body.error?.['code']);

    expect(codes).toEqual([undefined, undefined, 80_008]);
  });

  it('are edited once a day while approved, and reviewed again', async () => {
    const id = simulator.simulation.templates.find(WABA, 'hello', 'en')?.id;
    const edit = () => simulator.graph('POST', String(id), { components: [{ type: 'BODY', text: 'Good morning to you.' }] });

    expect((await edit()).body).toEqual({ success: true });
    expect(await statusOf(id)).toBe('PENDING');
    expect((await edit()).body.error?.['code']).toBe(2_388_039);
    await simulator.pass(23 * HOUR_MS);
    await act({ do: 'set-template-status', template: 'hello', status: 'APPROVED' });
    expect((await edit()).body.error?.['code']).toBe(2_388_039);
    await simulator.pass(2 * HOUR_MS);
    expect((await edit()).status).toBe(200);
    expect(events('message_template_components_update')).toHaveLength(1);
  });

  it('keep their category while approved', async () => {
    const id = simulator.simulation.templates.find(WABA, 'hello', 'en')?.id;

    expect((await simulator.graph('POST', String(id), { category: 'UTILITY' })).body.error?.['code']).toBe(100);
  });

  it('are deleted in all languages, and their name stays blocked for 30 days', async () => {
    expect((await simulator.graph('DELETE', `${WABA}/message_templates?name=daily_pack_v1`)).body).toEqual({ success: true });
    expect((await simulator.graph('GET', `${WABA}/message_templates?name=daily_pack_v1`)).body['data']).toEqual([]);
    expect((await create({ name: 'daily_pack_v1' })).body.error).toMatchObject({ error_subcode: 2_388_023 });

    await simulator.pass(30 * DAY_MS);
    expect((await create({ name: 'daily_pack_v1' })).status).toBe(200);
  });

  it('are deleted in one language by hsm_id, unless disabled', async () => {
    const hindi = simulator.simulation.templates.find(WABA, 'daily_pack_v1', 'hi')?.id;
    await simulator.graph('DELETE', `${WABA}/message_templates?name=daily_pack_v1&hsm_id=${hindi}`);
    await act({ do: 'set-template-status', template: 'daily_pack_v2', status: 'DISABLED' });

    expect((await simulator.graph('GET', `${WABA}/message_templates?name=daily_pack_v1`)).body['data']).toHaveLength(2);
    expect((await simulator.graph('DELETE', `${WABA}/message_templates?name=daily_pack_v2`)).body.error?.['code']).toBe(100);
    expect((await simulator.graph('DELETE', `${WABA}/message_templates?name=nobody`)).body.error?.['code']).toBe(100);
  });

  it('are paused twice and then disabled by blocks alone', async () => {
    await simulator.call('PATCH', '/_sim/config', {
      recipients: { shares: { blocks: 1 }, reactsAfter: { medianMs: 60_000, p95Ms: 60_000, maxMs: 60_000 } },
    });
    const round = async (first: number): Promise<unknown> => {
      for (let i = 0; i < 4; i += 1) await simulator.send({ to: `+9198123456${first + i}` });
      await simulator.pass(600_000);
      return simulator.simulation.templates.find(WABA, 'hello', 'en')?.status;
    };

    expect(await round(10)).toBe('PAUSED');
    await simulator.pass(3 * HOUR_MS);
    expect(await round(20)).toBe('PAUSED');
    await simulator.pass(6 * HOUR_MS);
    expect(await round(30)).toBe('DISABLED');
    await simulator.pass(600_000);

    const titles = events('message_template_status_update').map((e) => (e['other_info'] as { title: string }).title);
    expect(titles).toEqual(['FIRST_PAUSE', 'UNPAUSE', 'SECOND_PAUSE', 'UNPAUSE', 'DISABLED']);
  });

  it('are paused for three hours, then six, then disabled, when they turn red', async () => {
    const turnRed = async (): Promise<unknown> => {
      await act({ do: 'set-template-quality', template: 'hello', qualityScore: 'RED' });
      return (await simulator.send()).body.error?.['code'];
    };

    expect(await turnRed()).toBe(132_015);
    await simulator.pass(3 * HOUR_MS);
    expect((await simulator.send()).status).toBe(200);
    expect(await turnRed()).toBe(132_015);
    await simulator.pass(3 * HOUR_MS);
    expect((await simulator.send()).body.error?.['code']).toBe(132_015);
    await simulator.pass(3 * HOUR_MS + 60_000);
    expect(await turnRed()).toBe(132_016);
    await simulator.pass(60_000);

    const titles = events('message_template_status_update').map((e) => (e['other_info'] as { title: string }).title);
    expect(titles).toEqual(['FIRST_PAUSE', 'UNPAUSE', 'SECOND_PAUSE', 'UNPAUSE', 'DISABLED']);
    expect(events('message_template_quality_update')[0]).toMatchObject({
      previous_quality_score: 'GREEN',
      new_quality_score: 'RED',
      message_template_name: 'hello',
    });
  });

  it('are named in webhooks by a JSON number of all its digits', async () => {
    await act({ do: 'set-template-category', template: 'daily_pack_v2', language: 'mr', category: 'MARKETING' });
    await simulator.pass(60_000);

    expect(simulator.callback.posts[0]?.body).toContain('"message_template_id":92007035264614023,');
    expect(events('template_category_update')[0]).toMatchObject({ previous_category: 'UTILITY', new_category: 'MARKETING' });
  });

  it('are paced: some go out, the rest is held and released', async () => {
    await act({ do: 'pace-template', template: 'hello', pacing: { allowance: 1, verdictAfterMs: 600_000, verdict: 'release' } });
    const sent = [await simulator.send(), await simulator.send({ to: '+919812345679' })].map(
      (a) => (a.body['messages'] as { message_status: string }[])[0]?.message_status,
    );
    expect(sent).toEqual(['accepted', 'held_for_quality_assessment']);

    await simulator.pass(300_000);
    const before = simulator.callback.statuses.filter((s) => s.status === 'sent').length;
    await simulator.pass(400_000);

    expect([before, simulator.callback.statuses.filter((s) => s.status === 'sent').length]).toEqual([1, 2]);
  });

  it('are paced and dropped: held messages fail with 132015, the pause ends by hand', async () => {
    const id = simulator.simulation.templates.find(WABA, 'hello', 'en')?.id;
    await act({ do: 'pace-template', template: 'hello', pacing: { allowance: 0, verdictAfterMs: 60_000, verdict: 'drop' } });
    await simulator.send();
    await simulator.pass(DAY_MS);

    expect(simulator.callback.statuses).toEqual([
      expect.objectContaining({ status: 'failed', errors: [expect.objectContaining({ code: 132_015 })] }),
    ]);
    expect((await simulator.send()).body.error?.['code']).toBe(132_015);
    expect((await simulator.graph('POST', `${id}/unpause`)).body).toEqual({ success: true });
    expect((await simulator.send()).status).toBe(200);
  });

  it('say whether they can be sent', async () => {
    const id = simulator.simulation.templates.find(WABA, 'hello', 'en')?.id;
    const health = async () =>
      (await simulator.graph('GET', `${id}?fields=health_status`)).body['health_status'] as { can_send_message: string };

    expect((await health()).can_send_message).toBe('AVAILABLE');
    await act({ do: 'set-template-status', template: 'hello', status: 'PAUSED' });
    expect((await health()).can_send_message).toBe('BLOCKED');
  });

  it('are held by portfolio pacing across templates, and dropped with 135000', async () => {
    await simulator.stop();
    simulator = await TestSimulator.start({
      portfolios: [{ id: '942647313864044', pacing: { allowance: 0, verdictAfterMs: 1_000, verdict: 'drop' } }],
    });
    await simulator.send();

    await simulator.pass(120_000);

    expect(simulator.callback.statuses).toEqual([
      expect.objectContaining({ status: 'failed', errors: [expect.objectContaining({ code: 135_000 })] }),
    ]);
    expect((await simulator.send()).body.error?.['code']).toBe(368);
    expect((await create()).body.error?.['code']).toBe(368);
    expect((await simulator.graph('GET', `${NUMBER}?fields=health_status`)).body['health_status']).toMatchObject({
      can_send_message: 'BLOCKED',
    });
    await act({ do: 'set-portfolio-review', underReview: false });
    expect((await simulator.send()).status).toBe(200);
  });
});
