import { describe, expect, it } from '@jest/globals';
import { RUN_ID } from '../morning/run-plan.js';
import { aLedgerLine } from '../witness/a-ledger-line.js';
import { anHonestReport } from '../witness/an-honest-report.js';
import type { LedgerLine } from '../witness/ledger.js';
import { INVARIANTS, sentOnTime, type Evidence } from './invariants.js';
import { ALL_INVARIANTS, FULL_MARKS, type Invariant } from './scenario.js';
import type { Transition } from './transitions.js';

const OPENS = Date.UTC(2026, 10, 22, 0, 29, 30);
const ASHA = '+919800000001';
/** When every POST was answered, by the machine's clock. */
const REAL = 1_000;
const RAHUL = '+919800000002';

const aLine = (over: Partial<LedgerLine>): LedgerLine => aLedgerLine({ seq: 1, atMs: OPENS + 10_000, realAtMs: REAL, ...over });
const aPost = (delivery: string, to: string, over: Partial<LedgerLine> & { attempt?: number; epoch?: number } = {}): LedgerLine => {
  const { attempt = 1, epoch = 3, ...line } = over;
  return aLine({ to, reference: `d.${RUN_ID}.${delivery}.${attempt}.${epoch}`, accepted: true, ...line });
};
const aStop = (from: string, atMs: number): LedgerLine => aLine({ kind: 'webhook', status: 'inbound', from, atMs });
const aClaim = (delivery: string, over: Partial<Transition> = {}): Transition => ({
  delivery_id: delivery,
  attempt: 1,
  epoch: 3,
  state: 'CLAIMED',
  at_ms: REAL - 1,
  ...over,
});
const aRow = (id: string, state: string, reason = '') => ({ delivery_id: id, state, reason });

/** Two people, both sent to once, and everybody agrees. */
function aGoodMorning(over: Partial<Evidence> = {}): Evidence {
  const report = anHonestReport({
    ...{ eligible: 2, planned: 2, denominator: 2, accepted: 2, attempts: 2, verdict: 'FAIL' },
    onTime: { accepted: 2, sent: 0, delivered: 0 },
    ratio: { accepted: 1, sent: 0, delivered: 0 },
    perShard: [{ phoneNumberId: '400', accepted: 2, maxPerRollingSecond: 1 }],
    missesByCause: { ours: 0, platform: 2, recipient: 0, not_eligible: 0 },
  });
  return {
    lines: [aPost('a', ASHA), aPost('b', RAHUL, { atMs: OPENS + 20_000 })],
    rows: [aRow('a', 'ACCEPTED'), aRow('b', 'ACCEPTED')],
    report,
    judgement: {
      runId: RUN_ID,
      freezesAtMs: OPENS - 50_000,
      opensAtMs: OPENS,
      closesAtMs: OPENS + 180_000,
      deadlineAtMs: OPENS + 210_000,
      sealedAtMs: OPENS + 255_000,
    },
    expect: FULL_MARKS,
    people: { mustGet: [ASHA, RAHUL], mustNotGet: [], stopped: [] },
    connectionsLost: 0,
    transitions: [aClaim('a'), aClaim('b')],
    ...over,
  };
}

describe('invariants', () => {
  it.each(ALL_INVARIANTS)('%s holds in a good morning', (id) => {
    expect(INVARIANTS[id](aGoodMorning())).toEqual([]);
  });

  const good = aGoodMorning();
  const breaches: readonly [Invariant, string, Partial<Evidence>][] = [
    ['I1', '1 people got more than one message (0 disclosed)', { lines: [...good.lines, aPost('a', ASHA, { attempt: 2 })] }],
    ['I1', '1 people were forgotten', { lines: good.lines.slice(0, 1) }],
    ['I1', '1 deliveries ended without a reason', { rows: [...good.rows, aRow('c', 'FAILED')] }],
    ['I2', '1 POSTs outside the window', { lines: [...good.lines, aPost('c', ASHA, { atMs: OPENS + 180_000 })] }],
    ['I3', '1 POSTs to people without consent', { people: { mustGet: [], mustNotGet: [ASHA], stopped: [] } }],
    [
      'I3',
      '1 POSTs after a STOP was acknowledged',
      { lines: [aStop(RAHUL, OPENS + 18_000), ...good.lines], people: { mustGet: [ASHA], mustNotGet: [], stopped: [RAHUL] } },
    ],
    ['I3', '1 STOPs were never acknowledged', { people: { mustGet: [ASHA], mustNotGet: [], stopped: [RAHUL] } }],
    ['IC', '1 POSTs without a claim before them', { transitions: [aClaim('a'), aClaim('b', { at_ms: REAL + 1 })] }],
    ['IC', '1 POSTs without a claim before them', { transitions: [aClaim('a'), aClaim('b', { state: 'AMBIGUOUS' })] }],
    ['IC', '1 POSTs without a claim before them', { transitions: [aClaim('a'), aClaim('b', { epoch: 2 })] }],
    ['IC', '1 claims were posted more than once', { lines: [...good.lines, aPost('a', ASHA)] }],
    ['I5', '1 deliveries that the platform accepted are not ACCEPTED with us', { rows: [aRow('a', 'ACCEPTED'), aRow('b', 'EXPIRED')] }],
    ['I5', '1 deliveries are ACCEPTED with us, and the platform never took them', { lines: good.lines.slice(0, 1) }],
    ['I6', '1 POSTs of 400 under an older epoch', { lines: [...good.lines, aPost('c', ASHA, { epoch: 2 })] }],
    ['I7', '1 POSTs were refused for rate', { lines: [...good.lines, aPost('c', ASHA, { accepted: false, code: 130_429 })] }],
    [
      'I7',
      '85 POSTs of 400 in a rolling second, 80 are allowed',
      { lines: Array.from({ length: 85 }, (_, i) => aPost(String(i), ASHA, { atMs: OPENS + i * 10 })) },
    ],
    [
      'I7',
      '22 POSTs of 400 in a rolling second, 20 are allowed',
      {
        expect: { ...FULL_MARKS, numberLimit: 20 },
        lines: Array.from({ length: 22 }, (_, i) => aPost(String(i), ASHA, { atMs: OPENS + i * 40 })),
      },
    ],
    ['I10', '1 deliveries are still unsettled', { rows: [...good.rows, aRow('c', 'AMBIGUOUS')] }],
    ['I12', 'attempts: the report says 3, the ledger 2', { report: { ...good.report, attempts: 3 } }],
  ];

  it.each(breaches)('%s is broken by: %s', (id, said, over) => {
    expect(INVARIANTS[id](aGoodMorning(over))).toEqual([said]);
  });

  it('I1 allows two messages where the report owns up to them, and only there', () => {
    const twice = aGoodMorning({
      lines: [...good.lines, aPost('a', ASHA, { attempt: 2 })],
      report: { ...good.report, duplicates: 1 },
    });

    expect(INVARIANTS.I1({ ...twice, expect: { ...FULL_MARKS, duplicates: 'disclosed' } })).toEqual([]);
    expect(INVARIANTS.I1(twice)).not.toEqual([]);
  });

  it('I3 lets what was on the wire within a second of the acknowledgement pass', () => {
    const lines = [aStop(RAHUL, OPENS + 19_500), ...good.lines];

    expect(INVARIANTS.I3(aGoodMorning({ lines, people: { mustGet: [ASHA], mustNotGet: [], stopped: [RAHUL] } }))).toEqual([]);
  });
});

describe(sentOnTime.name, () => {
  const status = (delivery: string, stampMs: number): LedgerLine =>
    aLine({ kind: 'webhook', status: 'sent', reference: `d.${RUN_ID}.${delivery}.1.3`, stampMs });

  it('counts people by Meta’s own stamp', () => {
    const { lines, judgement } = aGoodMorning();
    const heard = [...lines, status('a', judgement.deadlineAtMs - 1), status('b', judgement.deadlineAtMs)];

    expect(sentOnTime({ lines: heard, judgement }, [ASHA, RAHUL])).toEqual({ count: 1, of: 2 });
  });
});
