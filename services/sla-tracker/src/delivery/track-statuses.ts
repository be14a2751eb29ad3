import { ReferenceKind } from '@daybreak/contracts';
import { Database } from '@daybreak/database';
import { LOGGER, metrics, type Logger } from '@daybreak/observability';
import { Repeating } from '@daybreak/service-host';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { MessageRepository, type KnownMessage } from '../store/message.repository.js';
import { FoldDeliveries } from './fold-deliveries.js';
import type { Observed } from './observed.js';
import { decodeStatus, encodeStatus, observedOfStatus, type UnreferencedStatus } from './observed.mapper.js';

const SWEEP_MS = 1_000; // real: a status beats our own record of the answer by less
const SWEEP_ROWS = 500;
/** Meta repeats a webhook for up to seven days. */
const FORGET_AFTER_DAYS = 8;
const FORGET_MS = 3_600_000;

/**
 * Folds statuses; those without our reference by the message that they are of. A message that we do not know yet parks
 * its statuses until we do.
 */
@Injectable()
export class TrackStatuses implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly repeating: readonly Repeating[];

  constructor(
    private readonly database: Database,
    private readonly messages: MessageRepository,
    private readonly fold: FoldDeliveries,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.repeating = [
      new Repeating('orphans', SWEEP_MS, () => this.joinOrphans(), logger),
      new Repeating('forget', FORGET_MS, () => messages.forget(database, FORGET_AFTER_DAYS), logger),
    ];
  }

  onApplicationBootstrap(): void {
    for (const task of this.repeating) task.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.repeating.map((task) => task.stop()));
  }

  async all(referenced: readonly Observed[], unreferenced: readonly UnreferencedStatus[]): Promise<void> {
    const messages = await this.messages.find(
      this.database,
      unreferenced.map((status) => status.wamidHash),
    );
    const joined = unreferenced.flatMap((status) => joinedTo(messages.get(status.wamidHash), status));
    await this.fold.all([...referenced, ...joined]);
    const orphans = unreferenced.filter((status) => !messages.has(status.wamidHash));
    await this.messages.park(
      this.database,
      orphans.map(({ eventId, wamidHash, event }) => ({ eventId, wamidHash, payload: encodeStatus(event) })),
    );
  }

  /** Folds the parked statuses whose message has become known. */
  async joinOrphans(): Promise<void> {
    await this.database.transaction(async (tx) => {
      const taken = await this.messages.takeJoined(tx, SWEEP_ROWS);
      const observed = taken.flatMap(({ orphan, message }) =>
        joinedTo(message, { eventId: orphan.eventId, wamidHash: orphan.wamidHash, event: decodeStatus(orphan.payload) }),
      );
      await this.fold.within(tx, observed);
    });
    metrics.statusOrphans.set(await this.messages.countOrphans(this.database));
  }
}

/** The status as it would have come with our reference. */
function joinedTo(message: KnownMessage | undefined, { eventId, event }: UnreferencedStatus): Observed[] {
  if (message === undefined) return [];
  const referenced = {
    ...event,
    referenceKind: ReferenceKind.DELIVERY,
    runId: message.runId,
    deliveryId: message.deliveryId,
    attempt: message.attempt,
    epoch: BigInt(message.epoch),
  };
  const observed = observedOfStatus({ eventId, event: referenced });
  return observed !== undefined && 'deliveryId' in observed ? [observed] : [];
}
