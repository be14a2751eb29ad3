import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Alarm } from './alarm.js';
import { drop, invalid, isAppError } from './app-error.js';
import { deliveryIdOf, runIdOf } from './ids.js';
import { reasonOf } from './reason-of.js';
import { seededRandom } from './seeded-random.js';
import { canonicalJson, stableHash } from './stable-hash.js';
import { within } from './within.js';

describe('ids', () => {
  it('names a run by tenant, date and window', () => {
    expect(runIdOf('main', '2026-11-22', '0600')).toBe('main-20261122-0600');
  });

  it('gives one recipient of one run the same delivery id for ever', () => {
    // A changed value here would make every delivery of the past unrecognisable.
    expect(deliveryIdOf('main-20261122-0600', 'advisor-1')).toBe('553b55ee-6b5d-5814-8556-a1ac661f971c');
  });

  it('gives different recipients and runs different ids', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (a, b) => {
        fc.pre(a !== b);
        expect(deliveryIdOf('main-20261122-0600', a)).not.toBe(deliveryIdOf('main-20261122-0600', b));
      }),
    );
  });
});

describe(canonicalJson.name, () => {
  it('does not depend on the order of members', () => {
    expect(canonicalJson({ b: [1, { d: undefined, c: null }], a: 'ä' })).toBe('{"a":"ä","b":[1,{"c":null}]}');
  });

  it('parses back to what it was made of', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))));
  });
});

describe(seededRandom.name, () => {
  it('repeats itself for the same seed and differs for another', () => {
    const draw = (seed: string): number[] => {
      const random = seededRandom(seed);
      return Array.from({ length: 5 }, () => random.next());
    };
    expect(draw('seven')).toEqual(draw('seven'));
    expect(draw('seven')).not.toEqual(draw('eight'));
  });

  it('spreads evenly', () => {
    const random = seededRandom(7);
    const hits = Array.from({ length: 10_000 }, () => random.chance(0.3)).filter(Boolean).length;
    expect(hits).toBeGreaterThan(2_800);
    expect(hits).toBeLessThan(3_200);
  });
});

describe(stableHash.name, () => {
  it('is the first eight bytes of the SHA-256', () => {
    expect(stableHash('abc')).toBe(0xba7816bf8f01cfean);
  });
});

describe('errors', () => {
  it('name every field that is wrong, and are recognised by their fields', () => {
    const error = invalid({ field: 'language', reason: 'is not one of en, hi, mr' }, { field: 'parts', reason: 'is empty' });

    expect(error.message).toBe('language: is not one of en, hi, mr; parts: is empty');
    expect(isAppError(error)).toBe(true);
    expect(isAppError(Object.assign(new Error('from another realm'), { retry: { kind: 'drop' } }))).toBe(true);
    expect(isAppError(new Error('other'))).toBe(false);
  });

  it.each([
    ['its message', new Error('connect ECONNREFUSED'), 'connect ECONNREFUSED'],
    ['its code, where there is no message', Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    ['itself, where somebody threw a text', 'gone', 'gone'],
    ['nothing, where somebody threw nothing', undefined, 'unknown error'],
  ])('say %s', (_what, error, reason) => {
    expect(reasonOf(error)).toBe(reason);
  });

  it('keep their cause', () => {
    const cause = new Error('root');
    expect(drop('gone', cause).cause).toBe(cause);
  });
});

describe(within.name, () => {
  it('gives what comes in time, a failure too', async () => {
    await expect(within(1_000, Promise.resolve('here'))).resolves.toBe('here');
    await expect(within(1_000, Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('waits no longer than it was told to', async () => {
    await expect(within(5, new Promise(() => undefined))).rejects.toThrow('no answer within 5 ms');
  });
});

describe(Alarm.name, () => {
  const LONG_MS = 60_000;

  it('ends a wait when it rings', async () => {
    const alarm = new Alarm();
    const waited = alarm.wait(LONG_MS);
    alarm.ring();
    await waited;
  });

  it('ends the next wait when it rings while nobody waits, and only that one', async () => {
    const alarm = new Alarm();
    alarm.ring();
    await alarm.wait(LONG_MS);
    let isOver = false;
    const second = alarm.wait(LONG_MS).then(() => (isOver = true));
    await new Promise(setImmediate);
    expect(isOver).toBe(false);
    alarm.ring();
    await second;
  });

  it('forgets a ring that was looked into', async () => {
    const alarm = new Alarm();
    alarm.ring();
    alarm.reset();
    let isOver = false;
    const waited = alarm.wait(LONG_MS).then(() => (isOver = true));
    await new Promise(setImmediate);
    expect(isOver).toBe(false);
    alarm.ring();
    await waited;
  });

  it('waits no longer than it was told to', async () => {
    await new Alarm().wait(1);
    await new Alarm().wait(-1);
  });
});
