import { readFile } from 'node:fs/promises';
import type { Logger } from '@daybreak/observability';
import { Repeating } from '@daybreak/service-host';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { PublishStates } from './numbers/publish-states.js';
import type { WatchPlatform } from './numbers/watch-platform.js';
import { parseRegistry } from './registry/registry.js';
import type { NumberRepository } from './store/number.repository.js';

/** Also how soon something that could not be read is tried again. */
const TURN_EVERY_MS = 2_000;

/** Takes the registry at the start and watches the platform from then on. A registry that cannot be used ends the start. */
export class Background implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly watching: Repeating;

  constructor(
    private readonly numbers: NumberRepository,
    private readonly states: PublishStates,
    watch: WatchPlatform,
    logger: Logger,
    private readonly registryFile: string,
  ) {
    this.watching = new Repeating('watch the platform', TURN_EVERY_MS, () => this.turn(watch), logger);
  }

  async onApplicationBootstrap(): Promise<void> {
    const gone = await this.numbers.register(parseRegistry(await readFile(this.registryFile, 'utf8')));
    await this.states.forget(gone);
    this.watching.start();
  }

  /** States also change because time goes by: a cooldown ends, sends that were refused grow old. */
  private async turn(watch: WatchPlatform): Promise<void> {
    await watch.turn();
    await this.states.changed();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.watching.stop();
  }
}
