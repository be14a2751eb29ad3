import { CONFIG } from '@daybreak/config';
import { Database } from '@daybreak/database';
import { LOGGER, type Logger } from '@daybreak/observability';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { HandOver } from './edge/hand-over.js';
import type { IngestConfig } from './ingest.config.js';
import { Repeating } from './repeating.js';
import { unhandledUpdates } from './store/unhandled.repository.js';
import { KeepSubscriptions } from './subscriptions/keep-subscriptions.js';

const DRAIN_EVERY_MS = 1_000;
const FORGET_EVERY_MS = 3_600_000;
const FORGET_ROWS = 5_000;

/** What goes on besides webhooks and events. */
@Injectable()
export class Background implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly tasks: readonly Repeating[];

  constructor(
    private readonly handOver: HandOver,
    subscriptions: KeepSubscriptions,
    database: Database,
    @Inject(LOGGER) logger: Logger,
    @Inject(CONFIG) config: Pick<IngestConfig, 'SUBSCRIPTION_CHECK_MS'>,
  ) {
    this.tasks = [
      new Repeating('drain the spool', DRAIN_EVERY_MS, () => handOver.drain(), logger),
      new Repeating('check webhook subscriptions', config.SUBSCRIPTION_CHECK_MS, () => subscriptions.all(), logger),
      new Repeating('forget old updates', FORGET_EVERY_MS, async () => void (await unhandledUpdates.forget(database, FORGET_ROWS)), logger),
    ];
  }

  /** What a former process left in the spool goes first. */
  async onApplicationBootstrap(): Promise<void> {
    await this.handOver.drain();
    for (const task of this.tasks) task.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.tasks.map((task) => task.stop()));
  }
}
