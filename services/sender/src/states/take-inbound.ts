import { CLOCK } from '@daybreak/config';
import type { Clock } from '@daybreak/kernel';
import { Inject, Injectable } from '@nestjs/common';
import { InboundRepository } from '../store/inbound.repository.js';

export interface InboundMessage {
  readonly phoneNumberId: string;
  /** When ingest had it, epoch ms of the run's clock. */
  readonly receivedAtMs: number;
}

const SECOND_MS = 1_000;
const KEPT_S = 60;

/** What people write takes throughput of their number: Meta counts what comes in and what goes out together. */
@Injectable()
export class TakeInbound {
  constructor(
    private readonly inbound: InboundRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async all(messages: readonly InboundMessage[]): Promise<void> {
    const keptFrom = Math.floor(this.clock.nowMs() / SECOND_MS) - KEPT_S;
    const counts = new Map<string, { phoneNumberId: string; second: number; messages: number }>();
    for (const { phoneNumberId, receivedAtMs } of messages) {
      const second = Math.floor(receivedAtMs / SECOND_MS);
      if (second < keptFrom) continue; // a backlog is read: it takes nothing any more
      const key = `${phoneNumberId} ${second}`;
      const count = counts.get(key) ?? { phoneNumberId, second, messages: 0 };
      counts.set(key, { ...count, messages: count.messages + 1 });
    }
    if (counts.size > 0) await this.inbound.add([...counts.values()], keptFrom);
  }
}
