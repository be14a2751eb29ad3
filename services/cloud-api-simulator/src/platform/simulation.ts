import { seededRandom, type Clock } from '@daybreak/kernel';
import { instantMs } from '../clockwork/instant.js';
import { Timeline } from '../clockwork/timeline.js';
import { WebhookPublisher } from '../outbound/webhook.publisher.js';
import type { LiveSettings, SimulatorSettings } from '../settings/settings.js';
import { queryLedger, type LedgerFilter } from '../store/ledger-query.js';
import type { Ledger } from '../store/ledger.js';
import { AcceptMessage } from './accept-message.js';
import { Access } from './access.js';
import { Actions } from './actions.js';
import { Directory } from './directory.js';
import { Faults } from './faults.js';
import { HoldBack } from './hold-back.js';
import { Ids } from './ids.js';
import { InboundMessages } from './inbound-messages.js';
import type { LedgerLine } from './ledger-entry.js';
import { LinkCache } from './link-cache.js';
import { ManagementBudget } from './management-budget.js';
import { MediaStore } from './media.js';
import { MessageJourney } from './message-journey.js';
import { MessageStatuses } from './message-statuses.js';
import { PairLimit } from './pair-limit.js';
import { QualityWatch } from './quality-watch.js';
import { Reactions } from './reactions.js';
import { Recipients } from './recipients.js';
import { Registration } from './registration.js';
import { ResumableUploads } from './resumable-uploads.js';
import { SentMessages } from './sent-messages.js';
import { destinationsOf } from './subscriptions.js';
import { TemplateLife } from './template-life.js';
import { TemplateSubmissions } from './template-submission.js';
import { Templates } from './templates.js';

export interface Logger {
  error(context: object, message: string): void;
}

/** One simulated platform, whole: all its parts, wired once. Knows no HTTP server. */
export class Simulation {
  readonly live: LiveSettings;
  readonly ids: Ids;
  readonly timeline: Timeline;
  readonly directory: Directory;
  readonly access: Access;
  readonly budget: ManagementBudget;
  readonly recipients: Recipients;
  readonly templates: Templates;
  readonly templateLife: TemplateLife;
  readonly submissions: TemplateSubmissions;
  readonly media: MediaStore;
  readonly uploads: ResumableUploads;
  readonly registration: Registration;
  readonly messages = new SentMessages();
  readonly inbound: InboundMessages;
  readonly acceptMessage: AcceptMessage;
  readonly webhooks: WebhookPublisher;
  readonly faults: Faults;
  readonly actions: Actions;
  readonly startedAtMs: number;

  constructor(
    readonly settings: SimulatorSettings,
    readonly clock: Clock,
    readonly ledger: Ledger,
    readonly logger: Logger,
  ) {
    const { seed } = settings;
    this.live = liveOf(settings);
    const live = (): LiveSettings => this.live;
    this.startedAtMs = clock.nowMs();
    this.ids = new Ids(`${seed}/${this.startedAtMs}/${performance.timeOrigin}`);
    this.timeline = new Timeline(clock, (error) => logger.error({ err: error }, 'something that was planned could not happen'));
    this.directory = new Directory(settings, live, clock);
    this.access = new Access(this.directory, clock);
    this.budget = new ManagementBudget(clock, () => this.live.limits);
    this.recipients = new Recipients(seed, () => this.live.recipients);
    this.media = new MediaStore(clock, () => this.live.media, this.ids.node);
    this.uploads = new ResumableUploads(this.ids.node);
    this.registration = new Registration(clock);
    this.templates = new Templates(settings.templates, live, clock, this.ids.node);
    this.webhooks = new WebhookPublisher(
      (update) => destinationsOf(this.directory, update),
      clock,
      this.timeline,
      ledger,
      () => this.live.webhooks,
    );
    let isTold = false;
    const publish: WebhookPublisher['publish'] = (update, random) => {
      if (isTold) this.webhooks.publish(update, random);
    };
    this.templateLife = new TemplateLife({ seed, clock, timeline: this.timeline, live, publish });
    this.submissions = new TemplateSubmissions({
      clock,
      timeline: this.timeline,
      live,
      templates: this.templates,
      life: this.templateLife,
      random: seededRandom(`${seed}/reviews`),
    });
    const qualityWatch = new QualityWatch(this.timeline, (template, colour, atMs) => this.templateLife.setQuality(template, colour, atMs));
    this.inbound = new InboundMessages({ clock, ledger, live, recipients: this.recipients, publish, unique: this.ids.unique });
    const reactions = new Reactions({
      timeline: this.timeline,
      live,
      recipients: this.recipients,
      inbound: this.inbound,
      quality: qualityWatch,
    });
    const statuses = new MessageStatuses({ live, publish, quality: qualityWatch, newId: this.ids.node });
    const journey = new MessageJourney({
      seed,
      timeline: this.timeline,
      live,
      recipients: this.recipients,
      statuses,
      reactions,
      instantOf: this.instantOf,
    });
    const holdBack = new HoldBack({
      clock,
      timeline: this.timeline,
      journey,
      templateLife: this.templateLife,
      portfolioPacing: this.directory.portfolioPacing,
    });
    this.acceptMessage = new AcceptMessage({
      clock,
      live,
      templates: this.templates,
      media: this.media,
      links: new LinkCache(clock),
      recipients: this.recipients,
      journey,
      holdBack,
      pairs: new PairLimit(),
      messages: this.messages,
      ids: this.ids,
    });
    this.faults = new Faults(seed, this.instantOf, (name) => this.directory.numbersNamed(name));
    this.actions = new Actions({
      clock,
      timeline: this.timeline,
      live,
      directory: this.directory,
      templates: this.templates,
      templateLife: this.templateLife,
      messages: this.messages,
      inbound: this.inbound,
      publish,
      random: seededRandom(`${seed}/actions`),
    });
    for (const action of settings.initially) this.actions.perform(action);
    isTold = true;
    for (const fault of settings.faults) this.faults.add(fault);
    for (const { at, action } of settings.events) this.timeline.at(this.instantOf(at), () => this.actions.perform(action));
  }

  /** Epoch ms of an instant in words of the settings. */
  readonly instantOf = (text: string): number => instantMs(text, this.settings.timeZone, this.startedAtMs);

  queryLedger(filter: LedgerFilter): Promise<LedgerLine[]> {
    return queryLedger(this.ledger, filter);
  }

  /** What is not posted yet is lost, as with a platform that goes away; the ledger is complete. */
  async close(): Promise<void> {
    this.timeline.stop();
    await this.webhooks.close();
    await new Promise((ended) => setImmediate(ended)); // POSTs that this cut off are written down as unanswered
    this.ledger.close();
  }
}

const liveOf = ({ recipients, journey, webhooks, limits, review, quality, media, origin }: SimulatorSettings): LiveSettings => ({
  recipients,
  journey,
  webhooks,
  limits,
  review,
  quality,
  media,
  origin,
});
