import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NUMBER, OTHER_NUMBER, PERSON, TestSimulator } from './simulator.js';

describe('faults', () => {
  let simulator: TestSimulator;
  beforeEach(async () => (simulator = await TestSimulator.start()));
  afterEach(() => simulator.stop());
  const add = (fault: Record<string, unknown>) => simulator.call('POST', '/_sim/faults', fault);
  const sent = (): number => simulator.callback.statuses.filter((s) => s.status === 'sent').length;
  const last = () =>
    simulator
      .ledger()
      .filter((l) => l['endpoint'] === 'messages')
      .at(-1);

  it.each([
    ['accepted, then the connection breaks', { kind: 'drop', accepts: true }, true],
    ['the connection breaks before anything', { kind: 'drop' }, false],
  ])('%s', async (_, fault, accepted) => {
    await add({ ...fault, times: 1 });

    await expect(simulator.send()).rejects.toThrow();
    await simulator.pass(60_000);

    expect(sent()).toBe(accepted ? 1 : 0);
    expect(last()).toMatchObject({ phone_number_id: NUMBER, to: PERSON, accepted, answer: null, fault: 'drop' });
    expect((await simulator.send({ to: '+919812345670' })).status).toBe(200);
  });

  it('an error page of HTML, whether accepted or not', async () => {
    await add({ kind: 'html-500', accepts: true });

    const answer = await simulator.send();
    await simulator.pass(60_000);

    expect([answer.status, answer.body['text']]).toEqual([500, expect.stringContaining('<!DOCTYPE html>')]);
    expect(sent()).toBe(1);
    expect(last()).toMatchObject({ accepted: true, answer: 500, fault: 'html-500' });
  });

  it('no answer at all', async () => {
    await add({ kind: 'hang' });

    const answer = fetch(`${simulator.url}/v24.0/${NUMBER}/messages`, { method: 'POST', body: '{}', signal: AbortSignal.timeout(200) });

    await expect(answer).rejects.toThrow();
    expect(last()).toMatchObject({ answer: null, fault: 'hang' });
  });

  it('an answer that comes late, by the simulated clock', async () => {
    await add({ kind: 'slow', delayMs: 8_000, times: 1 });

    let isAnswered = false;
    const answer = simulator.send().then((a) => ((isAnswered = true), a));
    while (simulator.simulation.messages.acceptedTotal === 0) await new Promise((go) => setTimeout(go, 5));
    await simulator.pass(7_000);
    expect(isAnswered).toBe(false);
    await simulator.pass(2_000);

    expect((await answer).status).toBe(200);
  });

  it('a storm of one code, for a span, a number and a count', async () => {
    await add({ kind: 'error', code: 130_429, from: '06:00:00', until: '06:00:10', number: 1 });
    await add({ kind: 'error', code: 131_000, number: OTHER_NUMBER, times: 1 });
    const code = async (number = NUMBER) => (await simulator.send({}, number)).body.error?.['code'];

    expect([await code(), await code(OTHER_NUMBER), await code(OTHER_NUMBER)]).toEqual([undefined, 131_000, undefined]);
    await simulator.pass(30_000);
    expect(await code()).toBe(130_429);
    await simulator.pass(10_000);
    expect(await code()).toBeUndefined();
  });

  it('an error with the HTTP status and the Retry-After it was told, or those of its code', async () => {
    await simulator.call('PATCH', '/_sim/config', { limits: { throttlingHttpStatus: 403 } });
    await add({ kind: 'error', code: 130_429, httpStatus: 429, retryAfterS: 7, times: 1 });
    await add({ kind: 'error', code: 130_429, times: 1 });
    await add({ kind: 'error', code: 2, times: 1 });
    const answers = [await simulator.send(), await simulator.send(), await simulator.send()];

    expect(answers.map((a) => [a.status, a.headers.get('retry-after')])).toEqual([
      [429, '7'],
      [403, null],
      [503, null],
    ]);
    expect(answers[2]?.body.error).toMatchObject({ code: 2, is_transient: true });
  });

  it('a share of requests', async () => {
    await simulator.call('PATCH', '/_sim/config', { limits: { pair: false } });
    await add({ kind: 'error', share: 0.5 });
    let failed = 0;
    for (let i = 0; i < 60; i += 1) failed += (await simulator.send()).status === 200 ? 0 : 1;

    expect(failed).toBeGreaterThan(15);
    expect(failed).toBeLessThan(45);
  });

  it('are for messages unless another endpoint is named', async () => {
    await add({ kind: 'error', code: 2, endpoint: 'media' });

    expect((await simulator.upload()).body.error?.['code']).toBe(2);
    expect((await simulator.send()).status).toBe(200);
  });

  it('are listed, removed one by one, and all at once', async () => {
    const { id } = (await add({ kind: 'error', times: 3 })).body;
    await add({ kind: 'hang' });
    const list = async (): Promise<string> => (await simulator.call('GET', '/_sim/faults')).body['text'] as string;

    expect(JSON.parse(await list())).toEqual([expect.objectContaining({ id, timesLeft: 3 }), expect.objectContaining({ timesLeft: null })]);
    expect((await simulator.call('DELETE', `/_sim/faults/${String(id)}`)).status).toBe(204);
    expect((await simulator.call('DELETE', `/_sim/faults/${String(id)}`)).status).toBe(404);
    expect((await simulator.call('DELETE', '/_sim/faults')).status).toBe(204);
    expect(await list()).toBe('[]');
  });

  it('that make no sense are refused with the reason', async () => {
    const answer = await add({ kind: 'earthquake', share: 2 });

    expect(answer.status).toBe(400);
    expect(answer.body['message']).toEqual(expect.arrayContaining([expect.stringMatching(/^kind: /), expect.stringMatching(/^share: /)]));
  });
});

describe('what a scenario says happened before', () => {
  it('is so from the start, and nobody is told', async () => {
    const simulator = await TestSimulator.start({ initially: [{ do: 'set-template-status', template: 'hello', status: 'REJECTED' }] });

    expect((await simulator.send()).body.error?.['code']).toBe(132_001);
    await simulator.pass(60_000);
    expect(simulator.callback.posts).toHaveLength(0);
    await simulator.stop();
  });
});

describe('events of a scenario', () => {
  it('happen at their instant', async () => {
    const simulator = await TestSimulator.start({ events: [{ at: '06:01:00', do: 'set-number-status', number: 1, status: 'BANNED' }] });

    expect((await simulator.send()).status).toBe(200);
    await simulator.pass(91_000);
    expect((await simulator.send()).body.error?.['code']).toBe(131_031);
    await simulator.stop();
  });
});
