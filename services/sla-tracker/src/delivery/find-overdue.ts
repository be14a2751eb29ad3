import { CLOCK } from '@daybreak/config';
import type { Clock } from '@daybreak/kernel';
import { LOGGER, type Logger } from '@daybreak/observability';
import { Repeating } from '@daybreak/service-host';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DeliveryRepository } from '../store/delivery.repository.js';
import { RunRepository } from '../store/run.repository.js';
import { FoldDeliveries } from './fold-deliveries.js';

const TICK_MS = 1_000; // real
/** Real time after its due instant in which a POST and the word of it are on their way to us. */
const PATIENCE_MS = 5_000;
const AT_ONCE = 1_000;
/** Looking costs one pass over the run's rows, so of all time no more than one part in so many is spent on it. */
const REST_PER_LOOK = 9;

/**
 * The sender says nothing of what it only waits with: for a slot of the throttle, a breaker, a pause. What is due and not posted while the
 * window is open waits for one of them.
 */
@Injectable()
export class FindOverdue implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly repeating: Repeating;
  private restUntilMs = 0;

  constructor(
    private readonly runs: RunRepository,
    private readonly deliveries: DeliveryRepository,
    private readonly fold: FoldDeliveries,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.repeating = new Repeating('overdue', TICK_MS, () => this.lookInTime(), logger);
  }

  onApplicationBootstrap(): void {
    this.repeating.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.repeating.stop();
  }

  /** @param nowMs by the clock of the runs, epoch ms */
  async look(nowMs: number): Promise<void> {
    for (const run of await this.runs.unsealed()) {
      if (nowMs < run.window.opensAt || nowMs >= run.window.closesAt) continue;
      const overdue = await this.deliveries.overdue(run, nowMs - PATIENCE_MS * this.clock.speed, AT_ONCE);
      await this.fold.all(
        overdue.map(({ deliveryId, dueAt }) => ({ deliveryId, runId: run.runId, observation: { kind: 'overdue', dueAt } as const })),
      );
    }
  }

  private async lookInTime(): Promise<void> {
    const startedMs = performance.now();
    if (startedMs < this.restUntilMs) return;
    await this.look(this.clock.nowMs());
    this.restUntilMs = performance.now() + REST_PER_LOOK * (performance.now() - startedMs);
  }
}
