import { Repeating } from '@daybreak/service-host';
import { CONFIG } from '@daybreak/config';
import { LOGGER, type Logger } from '@daybreak/observability';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { WatchCompleteness } from './completeness/watch-completeness.js';
import { LearnPeople } from './consent/learn-people.js';
import { TellSenders } from './consent/tell-senders.js';
import { ForgetOld } from './store/forget-old.js';
import { HandOver } from './edge/hand-over.js';
import { RehearseStops } from './edge/rehearse-stops.js';
import type { IngestConfig } from './ingest.config.js';
import { KeepSubscriptions } from './subscriptions/keep-subscriptions.js';

const DRAIN_EVERY_MS = 1_000;
const UNSURE_EVERY_MS = 60_000;
const COMPLETENESS_EVERY_MS = 2_000;
const FORGET_EVERY_MS = 3_600_000;

const CONSENT_EVERY_MS = 1_000;

/** What follows from what people said, and nobody waits for. */
@Injectable()
export class ConsentBackground implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly tasks: readonly Repeating[];

  constructor(
    private readonly stops: RehearseStops,
    people: LearnPeople,
    senders: TellSenders,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.tasks = [
      new Repeating('learn who is who', CONSENT_EVERY_MS, () => people.round(), logger),
      new Repeating('carry consent to the senders', CONSENT_EVERY_MS, () => senders.round(), logger),
      new Repeating('rehearse STOPs', CONSENT_EVERY_MS, () => stops.round(), logger),
    ];
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.stops.begin();
    for (const task of this.tasks) task.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.tasks.map((task) => task.stop()));
  }
}

/** What goes on besides webhooks and events. */
@Injectable()
export class Background implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly tasks: readonly Repeating[];

  constructor(
    private readonly handOver: HandOver,
    subscriptions: KeepSubscriptions,
    watch: WatchCompleteness,
    old: ForgetOld,
    @Inject(LOGGER) logger: Logger,
    @Inject(CONFIG) config: Pick<IngestConfig, 'SUBSCRIPTION_CHECK_MS'>,
  ) {
    this.tasks = [
      new Repeating('drain the spool', DRAIN_EVERY_MS, () => handOver.drain(), logger),
      new Repeating(
        'check webhook subscriptions',
        Math.min(config.SUBSCRIPTION_CHECK_MS, UNSURE_EVERY_MS),
        () => subscriptions.round(),
        logger,
      ),
      new Repeating('compare statuses with messages', COMPLETENESS_EVERY_MS, () => watch.round(), logger),
      new Repeating('forget what is old', FORGET_EVERY_MS, () => old.round(), logger),
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
