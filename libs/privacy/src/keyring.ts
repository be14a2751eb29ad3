import { invalid } from '@daybreak/kernel';

/** One 256-bit sealing key and the short name by which sealed bytes refer to it. */
export interface SealingKey {
  readonly id: string;
  readonly key: Buffer;
}

/** The keys in force: the first seals, all of them open. Two during a rotation, one otherwise. */
export type Keyring = readonly [SealingKey, ...SealingKey[]];

const KEY_BYTES = 32;
const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;

/** Parses `ADDRESS_KEYS`, `kid:base64,kid:base64`. What is wrong is named by position; a key is never echoed. */
export function parseKeyring(text: string): Keyring {
  const keys = text.split(',').map((entry, index): SealingKey => {
    const separator = entry.indexOf(':');
    const id = entry.slice(0, Math.max(0, separator)).trim();
    if (!KEY_ID.test(id)) throw invalid({ field: `ADDRESS_KEYS[${index}]`, reason: 'must look like kid:base64, kid of 1–32 letters, digits, - or _' });
    const key = Buffer.from(entry.slice(separator + 1).trim(), 'base64');
    if (key.length !== KEY_BYTES) throw invalid({ field: `ADDRESS_KEYS[${index}]`, reason: `must decode to ${KEY_BYTES} bytes` });
    return { id, key };
  });
  if (new Set(keys.map((k) => k.id)).size !== keys.length) throw invalid({ field: 'ADDRESS_KEYS', reason: 'two keys share one id' });
  return keys as unknown as Keyring; // split() never gives an empty list
}
