import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aLedgerLine } from './a-ledger-line.js';
import { figuresOf, mostInASecond, type Judgement } from './figures.js';
import { brokenPromises, type Expectations } from './judge.js';
import type { LedgerLine } from './ledger.js';

const RUN = 'main-20261122-0600';
const OPENS = Date.UTC(2026, 10, 22, 0, 29, 30);
const judgement: Judgement = {
  runId: RUN,
  freezesAtMs: OPENS - 50_000,
  opensAtMs: OPENS,
  closesAtMs: OPENS + 300_000,
  deadlineAtMs: OPENS + 330_000,
  sealedAtMs: OPENS + 375_000,
};

let seq = 0;
const aLine = (over: Partial<LedgerLine>): LedgerLine => aLedgerLine({ seq: (seq += 1), atMs: OPENS + 1_000, ...over });
const aPost = (delivery: string, over: Partial<LedgerLine> = {}): LedgerLine =>
  aLine({ to: `+91${delivery}`, reference: `d.${RUN}.${delivery}.1.1`, accepted: true, ...over });
const aStatus = (delivery: string, status: string, stampMs: number, over: Partial<LedgerLine> = {}): LedgerLine =>
  aLine({ kind: 'webhook', reference: `d.${RUN}.${delivery}.1.1`, status, stampMs, atMs: stampMs + 500, ...over });

const nobody: Expectations = { mustGet: [], mustNotGet: [], stopInWindow: [] };
const promises = (lines: LedgerLine[], expected: Partial<Expectations>): string[] =>
  brokenPromises(lines, figuresOf(lines, judgement), judgement, { ...nobody, ...expected });

describe('the witness', () => {
  it('counts a delivery once however many attempts it took, and calls a second acceptance a duplicate', () => {
    const lines = [aPost('1', { accepted: false, code: 130429 }), aPost('1'), aPost('2'), aPost('2')];

    const figures = figuresOf(lines, judgement);

    expect(figures).toMatchObject({ posts: 4, accepted: 2, duplicates: ['2'], phonesTwice: 1, rateLimited: 1 });
  });

  it('takes read for delivered and delivered for sent, and judges on time by the platform’s own stamp', () => {
    const lines = [aPost('1'), aStatus('1', 'read', judgement.deadlineAtMs - 1), aPost('2'), aStatus('2', 'sent', judgement.deadlineAtMs)];

    const figures = figuresOf(lines, judgement);

    expect(figures.reached).toEqual({ sent: 2, delivered: 1, read: 1 });
    expect(figures.onTime).toEqual({ accepted: 2, sent: 1, delivered: 1 });
  });

  it('does not count a status that we never acknowledged, nor one that came after the seal', () => {
    const lines = [
      aPost('1'),
      aStatus('1', 'sent', OPENS + 2_000, { answer: 503 }),
      aStatus('1', 'sent', OPENS + 2_000, { atMs: judgement.sealedAtMs }),
    ];
    expect(figuresOf(lines, judgement).reached.sent).toBe(0);
  });

  it('takes a failure that was delivered all the same for delivered', () => {
    const lines = [
      aStatus('1', 'failed', OPENS, { code: 131026 }),
      aStatus('1', 'delivered', OPENS),
      aStatus('2', 'failed', OPENS, { code: 131026 }),
    ];
    expect(figuresOf(lines, judgement).failedByCode).toEqual({ 131026: 1 });
  });

  it('leaves out of what is on time whoever wrote STOP before the request, even if we heard of it too late, but not if we never did', () => {
    const stop = (phone: string, atMs: number): LedgerLine => aLine({ kind: 'inbound', from: `+91${phone}`, text: 'Stop', atMs });
    const told = (phone: string): LedgerLine =>
      aLine({ kind: 'webhook', status: 'inbound', from: `+91${phone}`, atMs: OPENS + 60_000, answer: 200 });
    const sent = ['1', '2', '3'].map((delivery) => aStatus(delivery, 'sent', OPENS + 2_000));
    const lines = [
      stop('1', OPENS + 500),
      stop('3', OPENS + 500),
      aPost('1'),
      aPost('2'),
      aPost('3'),
      stop('2', OPENS + 1_500), // in the second of the request: not before it
      ...sent,
      told('1'),
      told('2'),
    ];

    expect(figuresOf(lines, judgement)).toMatchObject({ accepted: 3, onTime: { accepted: 2, sent: 2, delivered: 0 } });
  });

  it('does not look at other runs', () => {
    expect(figuresOf([aPost('1', { reference: 'd.main-20261121-0600.1.1.1' })], judgement).posts).toBe(0);
  });

  it.each([
    ['a second message', [aPost('1'), aPost('1')], { mustGet: ['+911'] }, /accepted twice/],
    ['a request before the window', [aPost('1', { atMs: OPENS - 1 })], { mustGet: ['+911'] }, /outside the window/],
    ['a request at its end', [aPost('1', { atMs: judgement.closesAtMs })], { mustGet: ['+911'] }, /outside the window/],
    ['a forgotten advisor', [], { mustGet: ['+911'] }, /1 advisors were forgotten/],
    ['a request without consent', [aPost('1', { accepted: false })], { mustNotGet: ['+911'] }, /without consent/],
    ['a message to a stranger', [aPost('1')], {}, /nobody knows/],
  ])('reports %s', (_what, lines, expected, words) => {
    expect(promises(lines, expected)).toContainEqual(expect.stringMatching(words));
  });

  it('allows a request within a second of an acknowledged STOP, and none after it', () => {
    const stop = aLine({ kind: 'webhook', status: 'inbound', from: '+911', atMs: OPENS + 10_000 });
    expect(promises([stop, aPost('1', { atMs: OPENS + 11_000 })], { stopInWindow: ['+911'] })).toEqual([]);
    expect(promises([stop, aPost('1', { atMs: OPENS + 11_001 })], { stopInWindow: ['+911'] })).toEqual([
      '1 requests started after a STOP was acknowledged',
    ]);
  });
});

describe(mostInASecond.name, () => {
  it('equals a count over every window that begins at an instant', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 200 }), (instants) => {
        const slow = Math.max(0, ...instants.map((from) => instants.filter((t) => t >= from && t < from + 1_000).length));
        expect(mostInASecond(instants)).toBe(slow);
      }),
    );
  });
});
