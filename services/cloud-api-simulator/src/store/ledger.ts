import type { Clock } from '@daybreak/kernel';
import { DateTime } from 'luxon';
import { closeSync, mkdirSync, openSync, readSync, fstatSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LedgerEntry, LedgerSink } from '../platform/ledger-entry.js';

/**
 * The witness: one JSON object a line, in the order in which things happened, never changed. Lines reach the file at the end of the
 * turn of the event loop in which they were written, so that a killed simulator has told what it answered.
 */
export class Ledger implements LedgerSink {
  private readonly fd: number;
  private pending: string[] = [];
  private seq: number;
  private flushing = false;
  private closed = false;
  private readonly clockStamp = new Stamp();
  private readonly realStamp = new Stamp();

  constructor(
    readonly path: string,
    private readonly clock: Clock,
  ) {
    mkdirSync(dirname(path), { recursive: true });
    this.fd = openSync(path, 'a+', 0o600); // it holds phone numbers
    this.seq = lastSeq(this.fd);
  }

  /** Nothing is written any more once it is closed: what ends after that was cut off by our own end. */
  write(entry: LedgerEntry): void {
    if (this.closed) return;
    this.seq += 1;
    const times = {
      seq: this.seq,
      at: this.clockStamp.of(this.clock.nowMs()),
      real_at: this.realStamp.of(performance.timeOrigin + performance.now()),
    };
    this.pending.push(JSON.stringify({ ...times, ...entry }), '\n');
    if (this.flushing) return;
    this.flushing = true;
    setImmediate(() => this.flush());
  }

  /** Everything written so far is in the file when this returns. */
  flush(): void {
    this.flushing = false;
    if (this.pending.length === 0) return;
    const bytes = Buffer.from(this.pending.join(''));
    this.pending = [];
    for (let written = 0; written < bytes.length;) written += writeSync(this.fd, bytes, written);
  }

  close(): void {
    this.flush();
    this.closed = true;
    closeSync(this.fd);
  }

  get lastSeq(): number {
    return this.seq;
  }
}

/** ISO 8601 in UTC with milliseconds. The second is formatted once, as thousands of lines share it. */
class Stamp {
  private second = NaN;
  private text = '';

  of(epochMs: number): string {
    const whole = Math.floor(epochMs);
    const second = Math.floor(whole / 1_000);
    if (second !== this.second) {
      this.second = second;
      this.text = DateTime.fromSeconds(second, { zone: 'utc' }).toFormat("yyyy-MM-dd'T'HH:mm:ss");
    }
    return `${this.text}.${String(whole - second * 1_000).padStart(3, '0')}Z`;
  }
}

const TAIL_BYTES = 65_536; // longer than any line

/** Number of the last line of a file that an earlier process wrote; 0 for a new one. */
function lastSeq(fd: number): number {
  const { size } = fstatSync(fd);
  if (size === 0) return 0;
  const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
  readSync(fd, tail, 0, tail.length, size - tail.length);
  const line = tail.toString('utf8').trimEnd().split('\n').at(-1) ?? '';
  const seq = /"seq":(\d+)/.exec(line)?.[1];
  if (seq === undefined) throw new Error('the ledger file exists and its last line is not one of a ledger');
  return Number(seq);
}
