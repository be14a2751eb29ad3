import type { Failure, Message } from './message.js';
import { UNDELIVERABLE } from './message-journey.js';
import type { Behaviour, Recipient } from './recipients.js';

/* What the platform tells by webhook when it does not deliver what it accepted, in Meta's words. */
const OUTSIDE_SERVICE_WINDOW: Failure = {
  code: 131_047,
  details: 'Message failed to send because more than 24 hours have passed since the customer last replied to this number.',
};
const OPTED_OUT: Failure = { code: 131_050, details: 'Recipient has stopped receiving marketing messages from you.' };
const CAPPED: Failure = {
  code: 131_049,
  details: 'In order to maintain a healthy ecosystem engagement, the message failed to be delivered.',
};
const HOLDOUT: Failure = { code: 130_472, details: "Failed to send message because this user's phone number is part of an experiment" };

/**
 * Why the platform will not deliver a message it accepted; `silence` where it will never say so; undefined where it will deliver.
 * Inside a service window only reachability counts.
 */
export function outlookOf(
  message: Message,
  recipient: Recipient,
  behaviour: Behaviour,
  inServiceWindow: boolean,
): Failure | 'silence' | undefined {
  const { to, number, template, acceptedAtMs } = message;
  if (!behaviour.onWhatsApp || recipient.blocked.has(number.id)) return UNDELIVERABLE;
  if (inServiceWindow) return undefined;
  if (template === undefined) return OUTSIDE_SERVICE_WINDOW;
  if (template.category === 'MARKETING') {
    if (recipient.optedOut || behaviour.marketing === 'opted-out') return OPTED_OUT;
    if (behaviour.marketing === 'capped') return CAPPED;
    if (behaviour.marketing === 'holdout') return HOLDOUT;
  }
  const { portfolio } = number.waba;
  if (portfolio.limit.allows(to, acceptedAtMs)) return undefined;
  return portfolio.overLimit === 'hold'
    ? 'silence'
    : { code: portfolio.overLimit, details: 'The business portfolio has reached its messaging limit.' };
}
