import type { SeededRandom } from '@daybreak/kernel';
import { drawLag } from '../clockwork/lag.js';
import type { Timeline } from '../clockwork/timeline.js';
import type { LiveSettings } from '../settings/settings.js';
import type { InboundMessages } from './inbound-messages.js';
import { isObject } from './json.js';
import type { Message } from './message.js';
import type { QualityWatch } from './quality-watch.js';
import type { Behaviour, Recipients } from './recipients.js';

export interface ReactionDeps {
  readonly timeline: Timeline;
  readonly live: () => LiveSettings;
  readonly recipients: Recipients;
  readonly inbound: InboundMessages;
  readonly quality: QualityWatch;
}

const UNREAD_AFTER_MS = 86_400_000;

/** What people do with a message they got: leave it unread, write STOP, tap a button, block the sender. */
export class Reactions {
  constructor(private readonly deps: ReactionDeps) {}

  plan(
    message: Message,
    behaviour: Behaviour,
    when: { readonly deliveredAtMs: number; readonly readAtMs: number | undefined },
    random: SeededRandom,
  ): void {
    const { timeline, live, quality } = this.deps;
    if (when.readAtMs === undefined) timeline.at(when.deliveredAtMs + UNREAD_AFTER_MS, (atMs) => quality.onUnread(message, atMs));
    if (behaviour.reaction === 'none' || message.template === undefined) return;
    const { reaction } = behaviour;
    timeline.at(when.deliveredAtMs + drawLag(live().recipients.reactsAfter, random), (atMs) => this.react(message, reaction, atMs, random));
  }

  private react(message: Message, reaction: 'stops' | 'taps' | 'blocks', atMs: number, random: SeededRandom): void {
    const { recipients, inbound, quality, live } = this.deps;
    if (reaction === 'blocks') {
      recipients.of(message.to).blocked.add(message.number.id);
      return quality.onBlock(message, atMs);
    }
    const from = message.to;
    if (reaction === 'stops')
      return void inbound.receive({ from, number: message.number, atMs, content: { text: live().recipients.stopText } }, random);
    const button = firstQuickReply(message);
    if (button !== undefined)
      inbound.receive({ from, number: message.number, atMs, content: { button: { ...button, context: message.wamid } } }, random);
  }
}

/** The first quick-reply button with the payload the message gave it; its label where the message gave none. */
function firstQuickReply(message: Message): { text: string; payload: string } | undefined {
  const index = message.template?.shape.buttons.findIndex((b) => b.type === 'QUICK_REPLY') ?? -1;
  const button = message.template?.shape.buttons[index];
  if (button === undefined) return undefined;
  const given = message.call.template?.components.find((c) => String(c['type']).toLowerCase() === 'button' && Number(c['index']) === index);
  const parameters = given?.['parameters'];
  const payload: unknown = Array.isArray(parameters) && isObject(parameters[0]) ? parameters[0]['payload'] : undefined;
  return { text: button.text, payload: typeof payload === 'string' ? payload : button.text };
}
