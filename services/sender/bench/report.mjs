// What the figures mean: against their targets, and beside what others published.
import { table } from './figures.mjs';

/**
 * courier v8.2.1 (Go, Postgres and Redis; statuses written to Postgres) and a bare loop in our stack (claims of 200, POST, settle, attempt and outbox in
 * batches of 500), 20 000 templates, two cores shared with the stores and the responder. Measured once, on a machine like ours, not in this run.
 */
const PUBLISHED = {
  perSecond: { 0: ['1 800', '12 000'], 60: ['510 (32 workers), 1 660 (128)', '6 600 (512 in flight)'] },
  cpu: ['0.67–0.77', '0.13–0.17'],
  throttle: ['160, 32', '–'],
  kill: ['3–7 / 0 / 150–500', '–'],
};
const LEAST_PER_SECOND = { 0: 6_000, 60: 4_000 };
const LEAST_SHARE_OF_RAW = 0.6;
/** What those rates are of the published bare loop's, and that cost of its cost: the same targets on a machine of another speed. */
const LEAST_SHARE_OF_BARE = { 0: 0.5, 60: 0.6 };
const MOST_TIMES_BARE_CPU = 2;
const MOST_CPU_SECONDS = 0.3;
const MOST_OVER_RATE = 1.05;
const MOST_DUE_ERROR_MS = 150;
const SHARD_IN_FLIGHT = 512;
const STORES = ['postgres', 'redis', 'kafka'];

const total = (byProcess) => Number(['sender', ...STORES].reduce((sum, name) => sum + byProcess[name], 0).toFixed(3));

/** One row per target: what, published by others, ours, target, and whether it was met. */
export function judged({ speed = [], throttle = [], due, inFlight = [], kill = [] }) {
  const rows = [];
  const judge = (what, published, ours, target, met) => rows.push({ what, published, ours, target, met });
  for (const { latencyMs, perSecond, shareOfRaw, shareOfBare, cpuSecondsPerThousand, bareCpuSecondsPerThousand } of speed) {
    const least = LEAST_PER_SECOND[latencyMs];
    const responder = `responder ${latencyMs} ms`;
    judge(`messages/s, ${responder}`, PUBLISHED.perSecond[latencyMs], `${perSecond}`, `≥ ${least}`, perSecond >= least);
    judge(`share of a raw loop, ${responder}`, ['–', '–'], `${shareOfRaw}`, `≥ ${LEAST_SHARE_OF_RAW}`, shareOfRaw >= LEAST_SHARE_OF_RAW);
    const leastShare = LEAST_SHARE_OF_BARE[latencyMs];
    judge(`share of a bare loop, ${responder}`, ['–', '–'], `${shareOfBare}`, `≥ ${leastShare}`, shareOfBare >= leastShare);
    const cpu = total(cpuSecondsPerThousand);
    const timesBare = Number((cpu / bareCpuSecondsPerThousand).toFixed(2));
    judge(
      `CPU, times a bare loop’s, ${responder}`,
      ['–', '–'],
      `${timesBare}`,
      `≤ ${MOST_TIMES_BARE_CPU}`,
      timesBare <= MOST_TIMES_BARE_CPU,
    );
    judge(`CPU s per 1 000, sender and stores, ${responder}`, PUBLISHED.cpu, `${cpu}`, `≤ ${MOST_CPU_SECONDS}`, cpu <= MOST_CPU_SECONDS);
  }
  for (const { allowed, mostInASecond, mostIn10Ms } of throttle) {
    const most = Math.floor(allowed * MOST_OVER_RATE);
    const [published, atOnce] = allowed === 80 ? [PUBLISHED.throttle, 4] : [['–', '–'], Number.POSITIVE_INFINITY];
    judge(
      `at ${allowed}/s: most in a rolling second, in 10 ms`,
      published,
      `${mostInASecond}, ${mostIn10Ms}`,
      atOnce === 4 ? `≤ ${most}, ≤ ${atOnce}` : `≤ ${most}`,
      mostInASecond <= most && mostIn10Ms <= atOnce,
    );
  }
  if (due) {
    judge(
      `due-instant error at ${due.perSecond}/s, p99 ms`,
      ['–', '–'],
      `${due.p99Ms}`,
      `< ${MOST_DUE_ERROR_MS}`,
      due.p99Ms < MOST_DUE_ERROR_MS,
    );
    judge('sent before they were due', ['–', '–'], `${due.early}`, '0', due.early === 0);
  }
  for (const { latencyMs, mostInFlight } of inFlight) {
    const most = `≤ ${SHARD_IN_FLIGHT} (SHARD_IN_FLIGHT)`;
    judge(`in flight at 1 000/s, responder ${latencyMs} ms`, ['–', '–'], `${mostInFlight}`, most, mostInFlight < SHARD_IN_FLIGHT);
  }
  for (const { latencyMs, lost, twice, acceptedButUnrecorded } of kill) {
    const what = `kill -9, responder ${latencyMs} ms: lost / twice / accepted but unrecorded`;
    const met = lost + twice + acceptedButUnrecorded === 0;
    judge(what, PUBLISHED.kill, `${lost} / ${twice} / ${acceptedButUnrecorded}`, '0 / 0 / 0', met);
  }
  return rows;
}

export function printed(
  { machine, commit, stores, speed, sharesOfRaw, senderPeakMegabytes, throttle, due, inFlight, kill, fold },
  verdict,
) {
  const parts = [`${machine}; commit ${commit}; ${stores}`];
  const add = (title, head, rows) => parts.push(`${title}\n${table(head, rows)}`);
  if (speed) {
    add(
      `As fast as it can${sharesOfRaw[0].length > 1 ? `, the median of ${sharesOfRaw[0].length} rounds` : ''}`,
      [
        'responder',
        'messages',
        'settled/s',
        'POSTs/s',
        'raw loop/s',
        'share',
        'bare loop/s',
        'share',
        'its CPU s per 1 000',
        'in flight',
        'recorded p50, p99 ms',
        'told p50, p99 ms',
      ],
      speed.map((s, i) => [
        `${s.latencyMs} ms`,
        ...[
          s.messages,
          s.perSecond,
          s.postsPerSecond,
          s.rawPerSecond,
          sharesOfRaw[i].length > 1 ? `${s.shareOfRaw} (${sharesOfRaw[i].toSorted((a, b) => a - b).join(', ')})` : s.shareOfRaw,
          s.barePerSecond,
          s.shareOfBare,
          s.bareCpuSecondsPerThousand,
          s.mostInFlight,
        ],
        ...[`${s.settleMs.p50}, ${s.settleMs.p99}`, `${s.toldMs.p50}, ${s.toldMs.p99}`],
      ]),
    );
    const processes = ['sender', ...STORES, 'responder'];
    const costs = (s) => [
      [`CPU s, ${s.latencyMs} ms`, ...processes.map((name) => s.cpuSecondsPerThousand[name]), total(s.cpuSecondsPerThousand)],
      [`MB, ${s.latencyMs} ms`, ...processes.map((name) => s.megabytesPerThousand[name]), total(s.megabytesPerThousand)],
    ];
    add('What 1 000 messages cost', ['', ...processes, 'sender and stores'], speed.flatMap(costs));
    parts.push(`The sender had at most ${senderPeakMegabytes} MB.`);
  }
  if (throttle)
    add(
      'The throttle, at the responder',
      ['allowed/s', 'achieved', 'most in 1 s', 'in 100 ms', 'in 10 ms'],
      throttle.map((t) => [t.allowed, t.achieved, t.mostInASecond, t.mostIn100Ms, t.mostIn10Ms]),
    );
  if (due)
    add(
      'Due-instant error',
      ['messages/s', 'p50 ms', 'p99 ms', 'worst ms', 'early'],
      [[due.perSecond, due.p50Ms, due.p99Ms, due.worstMs, due.early]],
    );
  if (inFlight)
    add(
      'Requests on the wire at 1 000/s',
      ['responder', 'achieved/s', 'most in flight'],
      inFlight.map((i) => [`${i.latencyMs} ms`, i.achieved, i.mostInFlight]),
    );
  if (kill)
    add(
      'kill -9 in the middle, a spare beside it, webhooks that come',
      ['responder', 'lost', 'twice', 'accepted but unrecorded', 'next POST after s', 'all settled after s'],
      kill.map((k) => [`${k.latencyMs} ms`, k.lost, k.twice, k.acceptedButUnrecorded, k.takeoverSeconds, k.settledSeconds]),
    );
  if (fold)
    add(
      'Statuses that the sender folds',
      ['statuses', 'per second', 'CPU s per 1 000, sender and Postgres'],
      [[fold.statuses, fold.perSecond, fold.cpuSecondsPerThousand]],
    );
  add(
    'Against the targets',
    ['what', 'courier', 'bare loop', 'here', 'target', ''],
    verdict.map(({ what, published, ours, target, met }) => [what, ...published, ours, target, met ? 'met' : 'MISSED']),
  );
  return `${parts.join('\n\n')}\n`;
}
