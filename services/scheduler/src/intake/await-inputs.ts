import { topics } from '@daybreak/contracts';
import { EventBus, resourceName } from '@daybreak/event-bus';
import { LOGGER, type Logger } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import { CONSUMER_GROUP } from '../scheduler.config.js';

/** What a plan is made of arrives on these. Statuses are not waited for: there are millions, and a cap that is not known yet does little harm. */
const INPUTS = [
  topics.recipientUpserted,
  topics.consentChanged,
  topics.contentPackReady,
  topics.contentPackWithdrawn,
  topics.templateState,
  topics.shardState,
  topics.wabaState,
];

/** A plan on time beats a complete one. Real time: it is about machines that lag, not about the window. */
const PATIENCE_MS = 30_000;

/** Offsets by `<topic>/<partition>`. */
type Offsets = ReadonlyMap<string, number>;

/** Has everything been read that lay there? Of a partition that nobody has read yet nothing is committed. */
export const areRead = (ends: Offsets, committed: Offsets): boolean =>
  [...ends].every(([place, end]) => (committed.get(place) ?? 0) >= end);

/**
 * A scheduler that comes up late finds its inputs unread: an opt-out, the approved pack of the day. So a freeze waits until
 * everything is stored that lay in Kafka when the freeze fell due, by whichever replica.
 */
@Injectable()
export class AwaitInputs {
  private readonly waits = new Map<string, { readonly sinceMs: number; ends?: Offsets; over: boolean }>();

  constructor(
    private readonly bus: EventBus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** To be asked again until it is true, which takes half a minute at most. @param purpose what waits for them, e.g. a run's freeze */
  async areIn(purpose: string): Promise<boolean> {
    const wait = this.waits.get(purpose) ?? { sinceMs: performance.now(), over: false };
    this.waits.set(purpose, wait);
    if (!wait.over) wait.over = await this.isOver(purpose, wait);
    return wait.over;
  }

  private async isOver(purpose: string, wait: { readonly sinceMs: number; ends?: Offsets }): Promise<boolean> {
    try {
      wait.ends ??= await this.ends();
      if (areRead(wait.ends, await this.committed())) return true;
    } catch (error) {
      this.logger.warn({ err: error, purpose }, 'cannot tell how far the inputs are read');
    }
    if (performance.now() - wait.sinceMs < PATIENCE_MS) return false;
    this.logger.error({ purpose }, 'inputs are still unread; it goes on without them');
    return true;
  }

  private async ends(): Promise<Offsets> {
    const names = INPUTS.map((topic) => resourceName(this.bus.namespace, topic.name));
    return this.withAdmin(async (admin) => {
      const found = await Promise.all(names.map(async (name) => ({ name, partitions: await admin.fetchTopicOffsets(name) })));
      return new Map(
        found.flatMap(({ name, partitions }) =>
          partitions.map(({ partition, low, high }) => [`${name}/${partition}`, low === high ? 0 : Number(high)] as const),
        ),
      );
    });
  }

  private async committed(): Promise<Offsets> {
    const groupId = resourceName(this.bus.namespace, CONSUMER_GROUP);
    return this.withAdmin(async (admin) => {
      const found = await admin.fetchOffsets({ groupId, topics: INPUTS.map((topic) => resourceName(this.bus.namespace, topic.name)) });
      return new Map(
        found.flatMap(({ topic, partitions }) =>
          partitions.map(({ partition, offset }) => [`${topic}/${partition}`, Math.max(0, Number(offset))] as const),
        ),
      );
    });
  }

  private async withAdmin<T>(ask: (admin: ReturnType<EventBus['kafka']['admin']>) => Promise<T>): Promise<T> {
    const admin = this.bus.kafka.admin();
    await admin.connect();
    try {
      return await ask(admin);
    } finally {
      await admin.disconnect();
    }
  }
}
