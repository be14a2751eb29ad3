import { createHash } from 'node:crypto';

const OUTGOING = 0x11;
const INCOMING = 0x12;

/**
 * A message id with the anatomy of Meta's: base64 of a small record that carries the person's number in clear and an id that is
 * unique to the message. `seed` must never repeat; equal seeds give equal ids.
 */
export const outgoingWamid = (phoneNumber: string, seed: string): string => wamid(phoneNumber, OUTGOING, hex(seed, 18));

/** As Meta's ids of messages that people write: two hex digits longer. */
export const incomingWamid = (phoneNumber: string, seed: string): string => wamid(phoneNumber, INCOMING, hex(seed, 20));

function wamid(phoneNumber: string, direction: number, id: string): string {
  const digits = phoneNumber.replace('+', '');
  const record = Buffer.concat([
    Buffer.from([0x1c, 0x18, digits.length]),
    Buffer.from(digits, 'latin1'),
    Buffer.from([0x15, 0x02, 0x00, direction, 0x18, id.length]),
    Buffer.from(id, 'latin1'),
    Buffer.from([0x00]),
  ]);
  return `wamid.${record.toString('base64')}`;
}

const hex = (seed: string, length: number): string => createHash('sha256').update(seed).digest('hex').slice(0, length).toUpperCase();
