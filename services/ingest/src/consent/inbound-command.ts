import type { InboundEvent } from '@daybreak/cloud-api';
import { parseCommand, type Command } from '@daybreak/consent';
import { InboundCommand } from '@daybreak/contracts';

/** What an inbound message orders: a change of consent, or the rest of a pack. */
export type Order = Command | { readonly kind: 'pack' };

export const INBOUND_COMMAND: Readonly<Record<Order['kind'] | 'none', InboundCommand>> = {
  none: InboundCommand.UNSPECIFIED,
  stop: InboundCommand.STOP,
  start: InboundCommand.START,
  pause: InboundCommand.PAUSE,
  resume: InboundCommand.RESUME,
  pack: InboundCommand.PACK,
};

/** Payloads that our own templates put on their buttons. What follows the first dot is for whoever serves the order. */
const PAYLOAD = /^(?:daybreak[.:])?(?<word>stop|start|pause|resume|pack)(?:\.|$)/i;

/**
 * The order that this message is, if it is one. A button's payload counts first; a button without one of ours has its label for
 * payload, and people's own templates may say "Stop" there, so both texts go through the grammar of typed commands.
 */
export function commandOf(inbound: InboundEvent): Order | undefined {
  if (inbound.buttonPayload !== null) {
    const word = PAYLOAD.exec(inbound.buttonPayload)?.groups?.['word']?.toLowerCase();
    if (word === 'pause') return { kind: 'pause', until: 'resumed' };
    if (word !== undefined) return { kind: word as 'stop' | 'start' | 'resume' | 'pack' };
    const labelled = parseCommand(inbound.buttonPayload);
    if (labelled) return labelled;
  }
  const typed = inbound.type === 'text' || inbound.type === 'button' || inbound.type === 'interactive';
  return typed && inbound.text !== null ? parseCommand(inbound.text) : undefined;
}
