import { CLOCK } from '@daybreak/config';
import { ReferenceKind } from '@daybreak/contracts';
import { Database } from '@daybreak/database';
import { isAppError, type Clock } from '@daybreak/kernel';
import { LOGGER, metrics, type Logger } from '@daybreak/observability';
import { Repeating } from '@daybreak/service-host';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { MessageRepository, type KnownMessage, type OrphanStatus } from '../store/message.repository.js';
import { FoldDeliveries } from './fold-deliveries.js';
import type { Observed } from './observed.js';
import { decodeStatus, encodeStatus, observedOfStatus, type UnreferencedStatus } from './observed.mapper.js';
import { isTooOld } from './status-age.js';

const SWEEP_MS = 1_000; // real: a status beats our own record of the answer by less
const SWEEP_ROWS = 500;

/**
 * Folds statuses; those without our reference by the message that they are of. A message that we do not know yet parks
 * its statuses until we do. What Meta would not send any more is a replay and changes nothing.
 */
@Injectable()
export class TrackStatuses implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sweeper: Repeating;

  constructor(
    private readonly database: Database,
    private readonly messages: MessageRepository,
    private readonly fold: FoldDeliveries,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.sweeper = new Repeating('orphans', SWEEP_MS, () => this.joinOrphans(), logger);
  }

  onApplicationBootstrap(): void {
    this.sweeper.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.sweeper.stop();
  }

  async all(referenced: readonly Observed[], unreferenced: readonly UnreferencedStatus[]): Promise<void> {
    const messages = await this.messages.find(
      this.database,
      unreferenced.map((status) => status.wamidHash),
    );
    const joined = unreferenced.flatMap((status) => joinedTo(messages.get(status.wamidHash), status));
    await this.fold.all(this.young([...referenced, ...joined]));
    const orphans = unreferenced.filter((status) => !messages.has(status.wamidHash));
    await this.messages.park(
      this.database,
      orphans.map(({ statusKey, wamidHash, event }) => ({ statusKey, wamidHash, payload: encodeStatus(event) })),
    );
  }

  /** Folds the parked statuses whose message has become known. One that cannot be read keeps none of the others. */
  async joinOrphans(): Promise<void> {
    await this.database.transaction(async (tx) => {
      const taken = await this.messages.takeJoined(tx, SWEEP_ROWS);
      await this.fold.within(tx, this.young(taken.flatMap(({ orphan, message }) => this.readable(orphan, message))));
    });
    metrics.statusOrphans.set(await this.messages.countOrphans(this.database));
  }

  private young(statuses: readonly Observed[]): Observed[] {
    const nowMs = this.clock.nowMs();
    const young = statuses.filter(({ observation }) => observation?.kind !== 'status' || !isTooOld(observation.occurredAt, nowMs));
    if (young.length < statuses.length) metrics.statusEventsDropped.inc({ reason: 'too-old' }, statuses.length - young.length);
    return young;
  }

  private readable({ statusKey, wamidHash, payload }: OrphanStatus, message: KnownMessage): Observed[] {
    try {
      return joinedTo(message, { statusKey, wamidHash, event: decodeStatus(payload) });
    } catch (error) {
      if (!isAppError(error)) throw error;
      metrics.statusEventsDropped.inc({ reason: 'unreadable' });
      this.logger.warn({ err: error, runId: message.runId }, 'a parked status could not be read and was dropped');
      return [];
    }
  }
}

/** The status as it would have come with our reference. */
function joinedTo(message: KnownMessage | undefined, { event }: UnreferencedStatus): Observed[] {
  if (message === undefined) return [];
  const referenced = {
    ...event,
    referenceKind: ReferenceKind.DELIVERY,
    runId: message.runId,
    deliveryId: message.deliveryId,
    attempt: message.attempt,
    epoch: BigInt(message.epoch),
  };
  const observed = observedOfStatus({ event: referenced });
  return observed !== undefined && 'deliveryId' in observed ? [observed] : [];
}
