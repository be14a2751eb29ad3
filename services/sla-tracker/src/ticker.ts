import { reasonOf } from '@daybreak/kernel';
import { Logger } from '@nestjs/common';

/** Does something again and again in real time, never twice at once. A failure is logged and the next tick tries again. */
export class Ticker {
  private readonly logger: Logger;
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    name: string,
    private readonly everyMs: number,
    private readonly work: () => Promise<void>,
  ) {
    this.logger = new Logger(`ticker ${name}`);
  }

  start(): void {
    this.timer = setTimeout(() => {
      this.working = this.tick();
    }, this.everyMs);
  }

  /** Resolves when the work in hand is done. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.working;
  }

  private async tick(): Promise<void> {
    try {
      await this.work();
    } catch (error) {
      this.logger.warn(reasonOf(error));
    }
    if (!this.stopped) this.start();
  }
}
