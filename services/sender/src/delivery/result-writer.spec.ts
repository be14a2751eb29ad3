import { describe, expect, it, jest } from '@jest/globals';
import { createLogger } from '@daybreak/observability';
import type { DeliveryLedger, LedgerChange } from './delivery-ledger.js';
import type { DeliveryRecord } from './delivery-record.js';
import { ResultWriter, type ClaimResult } from './result-writer.js';

const FULL = 1_000;

const aResult = (i: number): ClaimResult => ({
  claim: {
    deliveryId: `delivery-${i}`,
    runId: 'main-20261122-0600',
    runDate: '2026-11-22',
    recipientId: `adv-${i}`,
    shardId: 'shard-1',
    attempt: 1,
    spared: 0,
    claimNumber: 1,
    epoch: 1,
    dueAtMs: 0,
    claimedAtMs: 0,
    errorCode: 0,
    sealedAddress: new Uint8Array(),
    bodyParameters: {},
    contentId: 'content',
    critical: false,
    consent: undefined,
    claimedAtMonoMs: 0,
  },
  settlement: { kind: 'accepted', wamidHash: 'hash', held: false },
});

const NOTHING_KNOWN: Partial<DeliveryRecord> = { claimedAtMs: 0, resolveAtMs: null, observedAttempt: 0, acceptedAttempt: 0 };

/** A ledger whose transactions end when the test says so. */
function setup(lingerMs = 0) {
  const underWay: { readonly ids: readonly string[]; readonly end: (error?: Error) => void }[] = [];
  const change = ({ rows }: LedgerChange): Promise<readonly []> =>
    new Promise((resolve, reject) => {
      const ids = 'expected' in rows ? rows.expected.map(({ deliveryId }) => deliveryId) : [];
      underWay.push({ ids, end: (error) => (error ? reject(error) : resolve([])) });
    });
  const written = jest.fn<(results: readonly ClaimResult[]) => void>();
  const logger = createLogger('test', { level: 'fatal', format: 'json' });
  const sut = new ResultWriter({ change } as unknown as DeliveryLedger, logger, lingerMs, () => undefined, written);
  const add = (from: number, count: number): void => {
    for (let i = from; i < from + count; i++) sut.add(aResult(i));
  };
  const turns = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 20));
  return { sut, underWay, written, add, turns };
}

describe(ResultWriter.name, () => {
  it('begins a second transaction only when it is full, and no third', async () => {
    const { underWay, add, turns } = setup();

    add(0, 1);
    await turns();
    add(1, FULL - 1);
    await turns();
    expect(underWay.map(({ ids }) => ids.length)).toEqual([1]);

    add(FULL, 2 * FULL);
    await turns();
    expect(underWay.map(({ ids }) => ids.length)).toEqual([1, FULL]);
  });

  it('goes on with what waited when a transaction ends', async () => {
    const { underWay, written, add, turns } = setup();
    add(0, 1);
    await turns();
    add(1, 2);

    underWay[0]?.end();
    await turns();

    expect(written).toHaveBeenCalledTimes(1);
    expect(underWay[1]?.ids).toEqual(['delivery-1', 'delivery-2']);
  });

  it('keeps what could not be written, and writes it before what came later', async () => {
    const { sut, underWay, written, add, turns } = setup();
    add(0, 2);
    await turns();
    add(2, 1);

    underWay[0]?.end(new Error('the database is away'));
    await turns();
    const drained = sut.drain(4_000);
    while (underWay.length < 2) await turns();
    underWay[1]?.end();

    expect(await drained).toBe(true);
    expect(underWay[1]?.ids).toEqual(['delivery-0', 'delivery-1', 'delivery-2']);
    expect(written.mock.calls.flat(2)).toHaveLength(3);
  });

  it('does not take a claim away that was made after a commit it did not hear of', async () => {
    const result = aResult(1);
    const handedBack: ClaimResult = { ...result, settlement: { kind: 'not-posted', dueAtMs: 0 } };
    const { claim } = result;
    let row = { ...claim, ...NOTHING_KNOWN, state: 'CLAIMED' as const } as DeliveryRecord;
    let answers = 0;
    const change = ({ decide }: LedgerChange): Promise<readonly []> => {
      row = decide(row)?.next ?? row;
      answers += 1;
      if (answers > 1) return Promise.resolve([]);
      // Committed, and claimed again before the writer tries again.
      row = { ...row, state: 'CLAIMED', attempt: row.attempt + 1, claimNumber: row.claimNumber + 1 };
      return Promise.reject(new Error('the connection broke after the commit'));
    };
    const logger = createLogger('test', { level: 'fatal', format: 'json' });
    const sut = new ResultWriter({ change } as unknown as DeliveryLedger, logger, 0, () => undefined, jest.fn());

    sut.add(handedBack);
    await sut.drain(4_000);

    expect(answers).toBe(2);
    expect(row).toMatchObject({ state: 'CLAIMED', attempt: claim.attempt, claimNumber: 2 });
  });

  it('says that it is not drained while a transaction does not end', async () => {
    const { sut, add } = setup();
    add(0, 1);

    expect(await sut.drain(50)).toBe(false);
  });
});
