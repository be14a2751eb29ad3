import { describe, expect, it } from '@jest/globals';
import { aLedgerLine } from './a-ledger-line.js';
import { anHonestReport } from './an-honest-report.js';
import { disagreements, type Claims } from './disagreements.js';
import { figuresOf, type Judgement } from './figures.js';
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
  aLine({ to: `+91${delivery}`, reference: `d.${RUN}.${delivery}.1.1`, accepted: true, status: 'accepted', ...over });
const aStatus = (delivery: string, status: string, over: Partial<LedgerLine> = {}): LedgerLine =>
  aLine({ kind: 'webhook', reference: `d.${RUN}.${delivery}.1.1`, status, stampMs: OPENS + 2_000, atMs: OPENS + 2_500, ...over });
const aStop = (delivery: string, atMs: number): LedgerLine[] => [
  aLine({ kind: 'inbound', from: `+91${delivery}`, text: 'STOP', atMs }),
  aLine({ kind: 'webhook', status: 'inbound', from: `+91${delivery}`, atMs: atMs + 100 }),
];

/** Nine people: delivered, sent, silent, held, not on WhatsApp, refused for good, put off to the end, gone in the window, gone before the freeze. */
const lines: readonly LedgerLine[] = [
  ...aStop('9', OPENS - 60_000),
  aPost('1'),
  aStatus('1', 'delivered'),
  aPost('2'),
  aStatus('2', 'sent'),
  aPost('3'),
  aPost('4', { status: 'held_for_quality_assessment' }),
  aPost('5'),
  aStatus('5', 'failed', { code: 131026 }),
  aPost('6', { accepted: false, code: 131008 }),
  aPost('7', { accepted: false, code: 130429 }),
  ...aStop('8', OPENS + 500),
];
const honest = anHonestReport({
  ...{ eligible: 8, planned: 8, accepted: 5, sent: 2, delivered: 1, attempts: 7, rateLimited: 1 },
  ...{ failed: 1, failedAfterAcceptance: 1, held: 1, suppressed: 1, expired: 1 },
  denominator: 7,
  onTime: { accepted: 5, sent: 2, delivered: 1 },
  ratio: { accepted: 5 / 7, sent: 2 / 7, delivered: 1 / 7 },
  verdict: 'FAIL',
  failuresByCode: { 131026: 1, 131008: 1 },
  exclusions: [{ reason: 'opted-out', recipients: 1 }],
  perShard: [{ phoneNumberId: '400', accepted: 5, maxPerRollingSecond: 7 }],
  missesByCause: { ours: 2, platform: 2, recipient: 1, not_eligible: 1 },
});
const figures = figuresOf(lines, judgement);
const found = (over: Partial<Claims>): string[] => disagreements({ ...honest, ...over }, figures, figures, { known: 9 });

describe(disagreements.name, () => {
  it('finds nothing where the report is honest', () => {
    expect(found({})).toEqual([]);
  });

  it.each([
    { afterMs: 200, of: 'who may have been written to before', others: [] },
    {
      afterMs: 250,
      of: 'who was written to after',
      others: [expect.stringMatching(/^accepted on time/), expect.stringMatching(/^denominator/)],
    },
  ])('takes a request $afterMs ms after the second of a STOP for one of somebody $of it', ({ afterMs, others }) => {
    const crossing = figuresOf([...aStop('1', OPENS + 500), aPost('1', { atMs: OPENS + 1_000 + afterMs })], judgement);
    const report = (stayed: number): Claims =>
      anHonestReport({
        ...{ eligible: 1, planned: 1, accepted: 1, attempts: 1, denominator: stayed },
        onTime: { accepted: stayed, sent: 0, delivered: 0 },
        ratio: stayed === 1 ? { accepted: 1, sent: 0, delivered: 0 } : { accepted: null, sent: null, delivered: null },
        verdict: stayed === 1 ? 'FAIL' : 'NO_DATA',
        perShard: [{ phoneNumberId: '400', accepted: 1, maxPerRollingSecond: 1 }],
        missesByCause: { platform: stayed, not_eligible: 1 - stayed },
      });

    expect(disagreements(report(0), crossing, crossing)).toEqual([]);
    expect(disagreements(report(1), crossing, crossing)).toEqual(others);
  });

  it.each<[string, Partial<Claims>, string | RegExp]>([
    ['eligible', { eligible: 9 }, 'eligible: the report says 9, the ledger 8'],
    ['who is excluded', { exclusions: [] }, 'eligible and excluded: the report says 8, the ledger 9'],
    ['planned', { planned: 9 }, 'the sum of all ends: the report says 8, the ledger 9'],
    ['accepted', { accepted: 6 }, 'accepted: the report says 6, the ledger 5'],
    ['sent', { sent: 3 }, 'sent: the report says 3, the ledger 2'],
    ['delivered', { delivered: 2 }, 'delivered: the report says 2, the ledger 1'],
    ['read', { read: 1 }, 'read: the report says 1, the ledger 0'],
    ['failed', { failed: 3, suppressed: 0, expired: 0, failuresByCode: { 131026: 1, 131008: 3 } }, /^failed: .*3.* 0 to 2$/],
    ['failed after acceptance', { failedAfterAcceptance: 0 }, 'failed after acceptance: the report says 0, the ledger 1'],
    ['held', { held: 0 }, 'held: the report says 0, the ledger 1'],
    ['suppressed', { suppressed: 0 }, 'the sum of all ends: the report says 7, the ledger 8'],
    ['expired', { expired: 2 }, 'the sum of all ends: the report says 9, the ledger 8'],
    ['unresolved', { unresolved: 1 }, 'the sum of all ends: the report says 9, the ledger 8'],
    ['lost', { lost: 2 }, 'lost: the report says 2, the ledger 0 to 1'],
    ['late', { late: 1 }, 'late: the report says 1, the ledger 0'],
    ['the denominator', { denominator: 6 }, 'denominator: the report says 6, the ledger 7'],
    ['accepted on time', { onTime: { ...honest.onTime, accepted: 4 } }, 'accepted on time: the report says 4, the ledger 5'],
    ['sent on time', { onTime: { ...honest.onTime, sent: 3 } }, 'sent on time: the report says 3, the ledger 2'],
    ['delivered on time', { onTime: { ...honest.onTime, delivered: 0 } }, 'delivered on time: the report says 0, the ledger 1'],
    ['a ratio', { ratio: { ...honest.ratio, sent: 1 } }, `ratio of sent: the report says 1, its counts ${2 / 7}`],
    ['no ratio', { ratio: { ...honest.ratio, delivered: null } }, `ratio of delivered: the report says null, its counts ${1 / 7}`],
    ['the verdict', { verdict: 'PASS' }, 'verdict: the report says PASS, its counts FAIL'],
    ['no verdict', { verdict: 'NO_DATA' }, 'verdict: the report says NO_DATA, its counts FAIL'],
    ['attempts', { attempts: 8 }, 'attempts: the report says 8, the ledger 7'],
    ['duplicates', { duplicates: 1 }, 'duplicates: the report says 1, the ledger 0'],
    ['out of window', { outOfWindow: 1 }, 'out of window: the report says 1, the ledger 0'],
    ['rate limited', { rateLimited: 0 }, 'rate limited: the report says 0, the ledger 1'],
    ['a failure by another code', { failuresByCode: { 131049: 1, 131008: 1 } }, 'failures with 131049: the report says 1, the ledger 0'],
    ['a failure that is kept quiet', { failuresByCode: { 131008: 2 } }, 'failures with 131026: the report says 0, the ledger 1'],
    ['the count of failures', { failuresByCode: { 131026: 1 } }, 'the sum of failures by code: the report says 1, the ledger 2'],
    [
      'accepted by a number',
      { perShard: [{ phoneNumberId: '400', accepted: 4, maxPerRollingSecond: 7 }] },
      'accepted by number 400: the report says 4, the ledger 5',
    ],
    ['a number that is left out', { perShard: [] }, 'accepted by all numbers: the report says 0, the ledger 5'],
    [
      'most in a second by a number',
      { perShard: [{ phoneNumberId: '400', accepted: 5, maxPerRollingSecond: 20 }] },
      'most in a second by number 400: the report says 20, the ledger 0 to 19',
    ],
    [
      'a miss that is left out',
      { missesByCause: { ...honest.missesByCause, ours: 1 } },
      'the sum of misses: the report says 4, the ledger 5',
    ],
    [
      'a miss put down to people',
      { missesByCause: { ours: 0, platform: 1, recipient: 4, not_eligible: 1 } },
      /^missed by recipients: .*4.* 0 to 3$/,
    ],
    [
      'a miss of the platform put down to us',
      { missesByCause: { ours: 4, platform: 0, recipient: 1, not_eligible: 1 } },
      /^missed by the platform: .*0.* 2 to 5$/,
    ],
    [
      'who is not eligible',
      { missesByCause: { ...honest.missesByCause, not_eligible: 0 } },
      'not eligible: the report says 0, the ledger 1',
    ],
  ])('finds a lie about %s', (_, over, words) => {
    expect(found(over)).toContainEqual(typeof words === 'string' ? words : expect.stringMatching(words));
  });

  it('holds the verdict to the stage and the objective that the report names', () => {
    expect(found({ objective: 2 / 7, verdict: 'PASS' })).toEqual([]);
    expect(found({ objective: 2 / 7 + 0.001, verdict: 'PASS' })).toEqual(['verdict: the report says PASS, its counts FAIL']);
  });

  it('lets a status that was acknowledged in the moment of the seal be on either side of it', () => {
    const late = figuresOf([...lines, aStatus('3', 'sent', { atMs: judgement.sealedAtMs - 1 })], judgement);
    const counted = {
      sent: 3,
      onTime: { ...honest.onTime, sent: 3 },
      ratio: { ...honest.ratio, sent: 3 / 7 },
      missesByCause: { ...honest.missesByCause, platform: 1 },
    };

    expect(disagreements(honest, figures, late)).toEqual([]);
    expect(disagreements({ ...honest, ...counted }, figures, late)).toEqual([]);
  });

  it('lets as many POSTs be missing from the ledger as connections were lost with them', () => {
    const oneMore = { ...honest, attempts: honest.attempts + 1 };

    expect(disagreements(oneMore, figures, figures, { connectionsLost: 1 })).toEqual([]);
    expect(disagreements({ ...oneMore, attempts: honest.attempts + 2 }, figures, figures, { connectionsLost: 1 })).toHaveLength(1);
    expect(disagreements({ ...oneMore, attempts: honest.attempts - 1 }, figures, figures, { connectionsLost: 1 })).toHaveLength(1);
  });

  it('does not count as leaving who had no place in the plan', () => {
    const crowded = { ...honest, eligible: 7, planned: 7, suppressed: 0, missesByCause: { ...honest.missesByCause, not_eligible: 0 } };
    const exclusions = [...honest.exclusions, { reason: 'portfolio-limit', recipients: 1 }];

    expect(disagreements({ ...crowded, exclusions }, figures, figures, { known: 9 })).toEqual([]);
    expect(disagreements(crowded, figures, figures)).toEqual(['denominator: the report says 7, the ledger 6']);
  });
});
