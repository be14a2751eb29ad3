import type { Recipient } from '../store/recipient.repository.js';
import type { Who } from './desk-slip.js';

export const isBehind = (who: Who, recipient: Recipient): boolean =>
  (who.addressKey !== '' && recipient.addressKey === who.addressKey) || (who.userId !== '' && recipient.userId === who.userId);

/** What to look them up by. */
export const namesOf = (people: readonly Who[]): { addressKeys: string[]; userIds: string[] } => ({
  addressKeys: [...new Set(people.map((who) => who.addressKey))].filter((key) => key !== ''),
  userIds: [...new Set(people.map((who) => who.userId))].filter((id) => id !== ''),
});
