import { LOGGER, type Logger } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import { WabaRepository } from '../store/waba.repository.js';
import { KeepSubscriptions } from './keep-subscriptions.js';

/** The WABAs there are. A new one is checked at once, not at the next round. */
@Injectable()
export class TakeWabas {
  constructor(
    private readonly wabas: WabaRepository,
    private readonly subscriptions: KeepSubscriptions,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** In the order they came; without a version the WABA is gone. */
  async all(states: readonly { readonly wabaId: string; readonly version: bigint | undefined }[]): Promise<void> {
    const last = [...new Map(states.map((state) => [state.wabaId, state.version]))];
    await this.wabas.forget(last.filter(([, version]) => version === undefined).map(([wabaId]) => wabaId));
    const added = await this.wabas.upsert(last.flatMap(([wabaId, version]) => (version === undefined ? [] : [{ wabaId, version }])));
    for (const wabaId of added) this.check(wabaId);
  }

  /** Not waited for: Meta's answer must not hold up the partition. */
  private check(wabaId: string): void {
    this.subscriptions
      .one(wabaId)
      .catch((error: unknown) => this.logger.warn({ err: error, waba_id: wabaId }, 'a new WABA could not be checked'));
  }
}
