import { describe, expect, it } from '@jest/globals';
import { readOnce, StartedRecipients } from './started-recipients.js';

const MINUTE_MS = 60_000;
/** 06:00 in India. */
const SIX_MS = Date.parse('2026-11-22T00:30:00Z');
const claims = (count: number, attempt = 1, spared = 0) =>
  Array.from({ length: count }, (_, i) => ({ deliveryId: `d-${i}`, claimNumber: attempt, attempt, spared }));
const NO_CAP = { dailyCap: 0, hourlyCap: 0 };

describe(StartedRecipients.name, () => {
  it('leaves a number without caps alone', () => {
    const sut = new StartedRecipients(new Map());
    sut.claimed(claims(500), SIX_MS);

    expect(sut.room(NO_CAP, SIX_MS)).toBe(Number.POSITIVE_INFINITY);
    expect([sut.inLastHour(SIX_MS), sut.today(SIX_MS)]).toEqual([500, 500]);
  });

  it('goes on from what the number had started before it was taken over', () => {
    const sut = new StartedRecipients(new Map([[SIX_MS / MINUTE_MS - 2, 90]]));
    sut.claimed(claims(5), SIX_MS);

    expect(sut.room({ dailyCap: 100, hourlyCap: 0 }, SIX_MS)).toBe(5);
    expect(sut.room({ dailyCap: 90, hourlyCap: 0 }, SIX_MS)).toBe(0);
  });

  it('counts a recipient once, whatever attempts follow, and not at all where Meta looked at nothing', () => {
    const sut = new StartedRecipients(new Map());
    sut.claimed(claims(3), SIX_MS);
    sut.settled({ deliveryId: 'd-0', claimNumber: 1 }, { kind: 'not-posted', dueAtMs: SIX_MS });
    sut.settled({ deliveryId: 'd-1', claimNumber: 1 }, { kind: 'again', dueAtMs: SIX_MS, spared: true, errorCode: 130429 });
    sut.settled({ deliveryId: 'd-2', claimNumber: 1 }, { kind: 'ambiguous', resolveAtMs: SIX_MS, errorCode: 0 });
    sut.settled({ deliveryId: 'd-0', claimNumber: 1 }, { kind: 'not-posted', dueAtMs: SIX_MS }); // told twice

    expect(sut.today(SIX_MS)).toBe(1);
    sut.claimed([{ deliveryId: 'd-2', claimNumber: 2, attempt: 2, spared: 0 }], SIX_MS + MINUTE_MS);
    sut.claimed([{ deliveryId: 'd-1', claimNumber: 2, attempt: 2, spared: 1 }], SIX_MS + MINUTE_MS);
    expect(sut.today(SIX_MS + MINUTE_MS)).toBe(2);
  });

  it('lets no word on an earlier claim speak of a later one: its commit was not heard of, and it was claimed again', () => {
    const sut = new StartedRecipients(new Map());
    const refused = { kind: 'again', dueAtMs: SIX_MS, spared: true, errorCode: 130429 } as const;
    sut.claimed(claims(1), SIX_MS);
    sut.claimed([{ deliveryId: 'd-0', claimNumber: 2, attempt: 2, spared: 1 }], SIX_MS);
    sut.settled({ deliveryId: 'd-0', claimNumber: 1 }, refused);

    expect(sut.today(SIX_MS)).toBe(1);
    sut.settled({ deliveryId: 'd-0', claimNumber: 2 }, { kind: 'accepted', wamidHash: 'w', held: false });
    expect(sut.today(SIX_MS)).toBe(1);
  });

  it('gives the hour back as it passes, and the day at midnight', () => {
    const sut = new StartedRecipients(new Map());
    sut.claimed(claims(10), SIX_MS);
    const caps = { dailyCap: 15, hourlyCap: 10 };

    expect(sut.room(caps, SIX_MS + 59 * MINUTE_MS)).toBe(0);
    expect(sut.room(caps, SIX_MS + 61 * MINUTE_MS)).toBe(5);
    expect(sut.room(caps, SIX_MS + 18 * 60 * MINUTE_MS)).toBe(10);
  });
});

describe(readOnce.name, () => {
  it('gives the same to everybody who asks while it is being read', async () => {
    const ask = readOnce(() => new Promise((resolve) => setImmediate(() => resolve(new StartedRecipients(new Map())))));

    const [first, second] = await Promise.all([ask(), ask()]);

    expect(second).toBe(first);
    expect(await ask()).toBe(first);
  });

  it('reads again after a failure', async () => {
    const read = [() => Promise.reject(new Error('the database is away')), () => Promise.resolve(new StartedRecipients(new Map([[1, 2]])))];
    const ask = readOnce(() => (read.shift() ?? (() => Promise.reject(new Error('read a third time'))))());

    await expect(ask()).rejects.toThrow('the database is away');
    expect((await ask()).inLastHour(0)).toBe(2);
  });
});
