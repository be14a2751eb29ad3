import { DateTime } from 'luxon';
import type { Clock } from '@daybreak/kernel';

/** What the live view of a run says, as far as the terminal shows it. */
export interface LiveRun {
  readonly state: string;
  readonly eligible: number;
  readonly planned: number;
  readonly accepted: number;
  readonly sent: number;
  readonly delivered: number;
  readonly failed: number;
  readonly suppressed: number;
  readonly perShard: readonly { readonly shardId: string; readonly accepted: number }[];
}

const BAR_CELLS = 24;

/** One line that is drawn over itself at a terminal, and a line every half minute of the window elsewhere. */
export class Progress {
  private before: { atMs: number; perShard: ReadonlyMap<string, number> } | undefined;
  private lastPrinted = '';

  constructor(
    private readonly clock: Clock,
    private readonly zone: string,
    private readonly out: NodeJS.WriteStream = process.stdout,
  ) {}

  show(run: LiveRun | undefined): void {
    const nowMs = this.clock.nowMs();
    const time = DateTime.fromMillis(Math.floor(nowMs), { zone: this.zone });
    const line =
      run === undefined
        ? `${time.toFormat('HH:mm:ss')}  waiting for the plan`
        : `${time.toFormat('HH:mm:ss')}  ${this.describe(run, nowMs)}`;
    if (this.out.isTTY) this.out.write(`\r\u001b[2K${line}`);
    else if (this.isNews(time, run)) this.out.write(`${line}\n`);
  }

  done(): void {
    if (this.out.isTTY) this.out.write('\n');
  }

  private describe(run: LiveRun, nowMs: number): string {
    const share = run.eligible === 0 ? 0 : run.sent / run.eligible;
    const filled = Math.round(share * BAR_CELLS);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_CELLS - filled)}`;
    return `${run.state.padEnd(7)} ${bar} accepted ${run.accepted}  sent ${run.sent}  delivered ${run.delivered} of ${run.eligible}  failed ${run.failed}  ${this.rates(run, nowMs)}`;
  }

  /** Messages per second of the run's clock, since the last look. */
  private rates(run: LiveRun, nowMs: number): string {
    const perShard = new Map(run.perShard.map((s) => [s.shardId, s.accepted]));
    const elapsedS = this.before === undefined ? 0 : (nowMs - this.before.atMs) / 1_000;
    const rates = [...perShard].map(([shardId, accepted]) => {
      const rate = elapsedS > 0 ? (accepted - (this.before?.perShard.get(shardId) ?? 0)) / elapsedS : 0;
      return `${shardId} ${rate.toFixed(1)}/s`;
    });
    if (elapsedS === 0 || elapsedS >= 5) this.before = { atMs: nowMs, perShard };
    return rates.join('  ');
  }

  private isNews(time: DateTime, run: LiveRun | undefined): boolean {
    const half = `${time.toFormat('HH:mm')}/${time.second < 30 ? 0 : 30}/${run?.state ?? ''}`;
    const news = half !== this.lastPrinted;
    this.lastPrinted = half;
    return news;
  }
}
