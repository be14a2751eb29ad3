import { LOGGER, metrics, type Logger } from '@daybreak/observability';
import { Repeating } from '@daybreak/service-host';
import { Inject, Injectable } from '@nestjs/common';
import { ReadStatus, type WabaStatus } from './shard-status.js';

const EVERY_MS = 2_000;

/** Gauges of the business accounts: what their numbers can, may and do send together, and how far their portfolio's limit is used. */
@Injectable()
export class WatchAccounts {
  private readonly repeating: Repeating;

  constructor(
    private readonly status: ReadStatus,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.repeating = new Repeating('account gauges', EVERY_MS, () => this.watch(), logger);
  }

  start(): void {
    this.repeating.start();
  }

  stop(): Promise<void> {
    return this.repeating.stop();
  }

  private async watch(): Promise<void> {
    for (const waba of await this.status.accounts()) show(waba);
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
