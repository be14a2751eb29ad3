import { Injectable } from '@nestjs/common';

const MINUTE_MS = 60_000;

/** References that are remembered, twice as many at most: Meta's repetitions come within minutes. */
const REMEMBERED = 50_000;

export interface MinuteTally {
  readonly wabaId: string;
  /** Start of the minute, clock time, epoch ms. */
  readonly minuteMs: number;
  /** Messages that the Cloud API accepted in it. */
  readonly expected: number;
  /** Messages whose first status Meta stamped in it. */
  readonly seen: number;
}

/** Counts, in memory, between two writes. What a crash loses of it is a second of a monitor. */
@Injectable()
export class StatusTally {
  private readonly minutes = new Map<string, MinuteTally>();
  private recent = new Set<string>();
  private older = new Set<string>();

  expect(wabaId: string, acceptedAtMs: number): void {
    this.add({ wabaId, minuteMs: minuteOf(acceptedAtMs), expected: 1, seen: 0 });
  }

  /** @param reference of the message: its second first status, or a repeated one, counts no more */
  saw(wabaId: string, reference: string, stampedAtMs: number): void {
    if (this.recent.has(reference) || this.older.has(reference)) return;
    if (this.recent.size >= REMEMBERED) [this.recent, this.older] = [new Set(), this.recent];
    this.recent.add(reference);
    this.add({ wabaId, minuteMs: minuteOf(stampedAtMs), expected: 0, seen: 1 });
  }

  /** What was counted since it was last taken. */
  take(): MinuteTally[] {
    const taken = [...this.minutes.values()];
    this.minutes.clear();
    return taken;
  }

  /** Also for what was taken and could not be kept. */
  add(counted: MinuteTally): void {
    const key = `${counted.minuteMs}/${counted.wabaId}`;
    const { expected, seen } = this.minutes.get(key) ?? { expected: 0, seen: 0 };
    this.minutes.set(key, { ...counted, expected: expected + counted.expected, seen: seen + counted.seen });
  }
}

const minuteOf = (instantMs: number): number => Math.floor(instantMs / MINUTE_MS) * MINUTE_MS;
