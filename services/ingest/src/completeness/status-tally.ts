import { Injectable } from '@nestjs/common';

const MINUTE_MS = 60_000;

export interface MinuteTally {
  /** Start of the minute, clock time, epoch ms. */
  readonly minuteMs: number;
  /** Messages that the Cloud API accepted in it. */
  readonly expected: number;
  /** First statuses that Meta stamped in it. */
  readonly seen: number;
}

/** Counts, in memory, between two writes. What a crash loses of it is a second of a monitor. */
@Injectable()
export class StatusTally {
  private minutes = new Map<number, { expected: number; seen: number }>();

  expect(acceptedAtMs: number): void {
    this.at(acceptedAtMs).expected += 1;
  }

  saw(stampedAtMs: number): void {
    this.at(stampedAtMs).seen += 1;
  }

  /** What was counted since it was last taken. */
  take(): MinuteTally[] {
    const taken = [...this.minutes].map(([minuteMs, counts]) => ({ minuteMs, ...counts }));
    this.minutes = new Map();
    return taken;
  }

  private at(instantMs: number): { expected: number; seen: number } {
    const minuteMs = Math.floor(instantMs / MINUTE_MS) * MINUTE_MS;
    const held = this.minutes.get(minuteMs) ?? { expected: 0, seen: 0 };
    this.minutes.set(minuteMs, held);
    return held;
  }
}
