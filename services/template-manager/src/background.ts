import type { Logger } from '@daybreak/observability';
import { Repeating } from '@daybreak/service-host';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { WatchTemplates } from './templates/watch-templates.js';

/** Also how soon something that could not be listed is tried again. */
const TURN_EVERY_MS = 1_000;

/** Lists templates in the background. */
export class Background implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly watching: Repeating;

  constructor(watch: WatchTemplates, logger: Logger) {
    this.watching = new Repeating('list templates', TURN_EVERY_MS, () => watch.turn(), logger);
  }

  onApplicationBootstrap(): void {
    this.watching.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.watching.stop();
  }
}
