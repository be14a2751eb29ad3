import { describe, expect, it } from '@jest/globals';
import { manualClock } from '@daybreak/kernel';
import type { SendOutcome } from '../client/send-outcome.js';
import { CloudApiError } from '../errors/cloud-api.error.js';
import { CircuitBreakers, type BreakerTarget } from './circuit-breakers.js';

const NO_USAGE = { app: null, businessUseCases: [] };
const target: BreakerTarget = { phoneNumberId: 'n1', wabaId: 'w1', template: 'daily_pack_v1/hi', runId: 'main-20261124-0600' };
const accepted: SendOutcome = {
  kind: 'accepted',
  wamid: 'wamid.A',
  held: false,
  messageStatus: null,
  waId: null,
  userId: null,
  usage: NO_USAGE,
};
const silence: SendOutcome = { kind: 'ambiguous', reason: 'timeout' };

function refused(code: number): SendOutcome {
  const error = new CloudApiError({ code, subcode: null, type: null, details: null, fbtraceId: null, isTransient: null }, 400);
  return error.meaning.ambiguous
    ? { kind: 'ambiguous', reason: 'platform-unsure', error }
    : { kind: 'rejected', error, httpStatus: 400, usage: NO_USAGE };
}

function setup() {
  const clock = manualClock(1_000_000);
  const sut = new CircuitBreakers(clock);
  const record = (outcome: SendOutcome, times = 1, at = target) => Array.from({ length: times }, () => sut.record(at, outcome)).at(-1);
  return { sut, clock, record };
}

describe(CircuitBreakers.name, () => {
  it.each([131031, 131042, 368])(
    'stops only the number that was refused with %i: Meta says account also where it means one number',
    (code) => {
      const { sut, record } = setup();

      expect(record(refused(code))).toMatchObject({ scope: 'shard', key: target.phoneNumberId });
      expect(sut.blocking({ ...target, phoneNumberId: 'n2' })).toBeUndefined();
    },
  );

  it.each([0, 190, 4])('stops every account when the token or the app is refused with %i', (code) => {
    const { sut, record } = setup();

    expect(record(refused(code))).toMatchObject({ scope: 'token', code });
    expect(sut.blocking({ phoneNumberId: 'n2', wabaId: 'w2' })).toMatchObject({ scope: 'token' });
  });

  it('stops an account at once when a permission for it is missing, and no other account', () => {
    const { sut, record } = setup();

    expect(record(refused(131005))).toMatchObject({ scope: 'account', key: 'w1', until: 'operator' });
    expect(sut.blocking({ ...target, phoneNumberId: 'n2', template: 'other/en' })).toMatchObject({ scope: 'account' });
    expect(sut.blocking({ ...target, wabaId: 'w2' })).toBeUndefined();
  });

  it('stops a paused template in its language and at its account only', () => {
    const { sut, record } = setup();

    record(refused(132015));

    expect(sut.blocking(target)).toMatchObject({ scope: 'template', until: 'platform' });
    expect(sut.blocking({ ...target, template: 'daily_pack_v1/en' })).toBeUndefined();
    expect(sut.blocking({ ...target, wabaId: 'w2' })).toBeUndefined();
  });

  it.each<[string, number, number, object]>([
    ['a person has to end', 130429, 131048, { code: 131048, until: 'operator' }],
    ['lasts longer', 130429, 131057, { code: 131057, until: 1_060_000 }],
    ['Meta ends', 130429, 368, { code: 368, until: 'platform' }],
    ['a person has to end, after what Meta ends', 132015, 132016, { code: 132016, until: 'operator' }],
  ])('gives way to a worse one that is met while it is open: %s', (_, first, second, worse) => {
    const { record } = setup();
    record(refused(first));

    expect(record(refused(second))).toMatchObject(worse);
  });

  it.each([
    ['the same again', 130429, 130429],
    ['a shorter one', 131048, 130429],
  ])('does not open a second time for %s', (_, first, second) => {
    const { sut, record } = setup();
    record(refused(first));

    expect(record(refused(second))).toBeUndefined();
    expect(sut.blocking(target)).toMatchObject({ code: first });
  });

  it('stops a template after the third misfit in a row, not before', () => {
    const { record } = setup();

    expect(record(refused(132000), 2)).toBeUndefined();
    expect(record(refused(132000))).toMatchObject({ scope: 'template', until: 'operator' });
  });

  it('does not count failures that successes lie between: then the recipients differ, not the template', () => {
    const { sut, record } = setup();

    for (let i = 0; i < 10; i += 1) {
      record(refused(132000), 2);
      record(accepted);
    }

    expect(sut.all()).toEqual([]);
  });

  it('stops the campaign after five wrong requests in a row, although each of them is dropped', () => {
    const { record } = setup();

    expect(record(refused(131008), 5)).toMatchObject({ scope: 'campaign', key: 'main-20261124-0600', until: 'operator' });
  });

  it('never stops anything for one recipient', () => {
    const { sut, record } = setup();

    for (const code of [131026, 131049, 131050, 131056, 131047]) record(refused(code), 50);

    expect(sut.all()).toEqual([]);
  });

  it('lets a number rest a second when it is out of throughput, then half opens', () => {
    const { sut, clock, record } = setup();
    record(refused(130429));
    expect(sut.blocking(target)).toMatchObject({ scope: 'shard', until: 1_001_000 });

    clock.advance(1_000);
    expect(sut.blocking(target)).toBeUndefined();

    expect(record(refused(130429))).toMatchObject({ until: 1_002_000 });
  });

  it('stops a number that gives no answers, for longer each time, until one succeeds', () => {
    const { sut, clock, record } = setup();

    expect(record(silence, 9)).toBeUndefined();
    expect(record(silence)).toMatchObject({ scope: 'shard', code: null, until: 1_002_000 });
    clock.advance(2_000);
    expect(record(silence)).toMatchObject({ until: 1_006_000 });
    clock.advance(4_000);
    record(accepted);

    expect(record(silence, 9)).toBeUndefined();
    expect(sut.all()).toEqual([]);
  });

  it('a request that the network did not let out counts as silence', () => {
    const { record } = setup();

    expect(record({ kind: 'not-sent', reason: 'refused' }, 10)).toMatchObject({ scope: 'shard', code: null });
  });

  it.each(['withdrawn', 'client-closed', 'no-connection-in-time', 'invalid-request'] as const)(
    'a request that we kept back ourselves says nothing of Meta: %s',
    (reason) => {
      const { sut, record } = setup();

      record({ kind: 'not-sent', reason }, 50);

      expect(sut.all()).toEqual([]);
    },
  );

  it('a success that was on its way does not lift what a person has to lift', () => {
    const { sut, record } = setup();
    record(refused(131048));

    record(accepted);
    expect(sut.blocking(target)).toMatchObject({ scope: 'shard', code: 131048 });

    sut.close('shard', 'n1');
    expect(sut.blocking(target)).toBeUndefined();
  });

  it('learns from webhooks too: media that Meta could not take', () => {
    const { sut } = setup();
    const meaning = new CloudApiError({ code: 131053, subcode: null, type: null, details: null, fbtraceId: null, isTransient: null }, 400)
      .meaning;

    sut.recordFailure(target, meaning);
    sut.recordFailure(target, meaning);

    expect(sut.recordFailure(target, meaning)).toMatchObject({ scope: 'campaign', code: 131053 });
  });
});
