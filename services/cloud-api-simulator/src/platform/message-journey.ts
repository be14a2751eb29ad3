import { seededRandom, type SeededRandom } from '@daybreak/kernel';
import { drawLag } from '../clockwork/lag.js';
import type { Timeline } from '../clockwork/timeline.js';
import type { LiveSettings } from '../settings/settings.js';
import type { Failure, Message, MessageStatus } from './message.js';
import type { Behaviour, Recipients } from './recipients.js';
import type { MessageStatuses } from './message-statuses.js';
import type { Reactions } from './reactions.js';

export const UNDELIVERABLE: Failure = { code: 131_026, details: 'Message Undeliverable.' };

const DEFAULT_TTL_MS = 30 * 86_400_000;

export interface JourneyDeps {
  readonly seed: number;
  readonly timeline: Timeline;
  readonly live: () => LiveSettings;
  readonly recipients: Recipients;
  readonly statuses: MessageStatuses;
  readonly reactions: Reactions;
  readonly instantOf: (text: string) => number;
}

/** Where a message goes once the platform lets it out: sent, delivered when the phone is on, read, or failed. */
export class MessageJourney {
  constructor(private readonly deps: JourneyDeps) {}

  /** The draws of one message: the person, and how many messages they got before. */
  randomFor(message: Message): SeededRandom {
    const recipient = this.deps.recipients.of(message.to);
    recipient.messages += 1;
    return seededRandom(`${this.deps.seed}/message/${message.to}/${recipient.messages}`);
  }

  /** The platform gives up on it. */
  fail(message: Message, failure: Failure, random: SeededRandom, fromMs: number): void {
    const { timeline, live, statuses } = this.deps;
    timeline.at(fromMs + drawLag(live().journey.failedAfter, random), (atMs) => statuses.failed(message, failure, atMs, random));
  }

  /** The platform sends it on. */
  send(message: Message, behaviour: Behaviour, random: SeededRandom, fromMs: number): void {
    const { journey } = this.deps.live();
    const sentAtMs = fromMs + drawLag(journey.sentAfter, random);
    const onTheWayMs = drawLag(journey.deliveredAfter, random);
    const deliveredAtMs = Math.max(sentAtMs, this.phoneOnAtMs(behaviour, fromMs, random)) + onTheWayMs;
    const readAtMs = deliveredAtMs + drawLag(journey.readAfter, random);
    this.plan(message, 'sent', sentAtMs, random);
    if (deliveredAtMs > message.acceptedAtMs + ttlMs(message)) return; // the phone stayed off too long: nothing more is ever said
    if (behaviour.failsBeforeDelivered) {
      this.deps.timeline.at((sentAtMs + deliveredAtMs) / 2, (atMs) => this.deps.statuses.failed(message, UNDELIVERABLE, atMs, random));
    }
    const silentDelivery = behaviour.reads && behaviour.readsWithoutDelivered;
    this.plan(message, 'delivered', deliveredAtMs, random, silentDelivery);
    if (behaviour.reads) this.plan(message, 'read', readAtMs, random);
    this.deps.reactions.plan(message, behaviour, { deliveredAtMs, readAtMs: behaviour.reads ? readAtMs : undefined }, random);
  }

  private plan(message: Message, status: MessageStatus, atMs: number, random: SeededRandom, silent = false): void {
    this.deps.timeline.at(atMs, () => this.deps.statuses.reached(message, status, atMs, random, silent));
  }

  private phoneOnAtMs(behaviour: Behaviour, fromMs: number, random: SeededRandom): number {
    const drawn = fromMs + drawLag(this.deps.live().recipients.phoneOnAgainAfter, random);
    if (!behaviour.phone.off) return fromMs;
    return behaviour.phone.until === undefined ? drawn : this.deps.instantOf(behaviour.phone.until);
  }
}

const ttlMs = (message: Message): number =>
  message.template?.messageSendTtlSeconds === undefined ? DEFAULT_TTL_MS : message.template.messageSendTtlSeconds * 1_000;
