import { LOGGER, metrics, type Logger } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import { ReadStatus, type WabaStatus } from './shard-status.js';

const EVERY_MS = 2_000;

/** Gauges of the business accounts: what their numbers can, may and do send together, and how far their portfolio's limit is used. */
@Injectable()
export class WatchAccounts {
  private timer: NodeJS.Timeout | undefined;
  private reading = false;

  constructor(
    private readonly status: ReadStatus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.watch(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async watch(): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    try {
      for (const waba of await this.status.accounts()) show(waba);
    } catch (error) {
      this.logger.warn({ err: error }, 'the accounts’ figures could not be read; their gauges stay as they were');
    } finally {
      this.reading = false;
    }
  }
}

function show({ wabaId, capacity, portfolioLimit, portfolioStartedToday }: WabaStatus): void {
  metrics.wabaRate.set({ waba_id: wabaId, what: 'maximum' }, capacity.maximumRate);
  metrics.wabaRate.set({ waba_id: wabaId, what: 'available' }, capacity.availableRate);
  metrics.wabaRate.set({ waba_id: wabaId, what: 'used' }, capacity.actualRate);
  metrics.wabaUtilisation.set({ waba_id: wabaId }, capacity.utilisation);
  metrics.wabaPortfolioStarted.set({ waba_id: wabaId }, portfolioStartedToday);
  if (portfolioLimit === null) metrics.wabaPortfolioLimit.remove({ waba_id: wabaId });
  else metrics.wabaPortfolioLimit.set({ waba_id: wabaId }, portfolioLimit);
}
