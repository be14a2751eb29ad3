import { hash } from 'node:crypto';

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
/** Room that is kept for messages up to this size; longer ones get theirs when they come. */
const KEPT_BYTES = 4_096;
const MOST_BYTES_A_LETTER = 3; // UTF-8, for each UTF-16 unit

/**
 * HMAC-SHA-256 (RFC 2104) of many messages by one key, as 64 lower-case hex characters. Text stands for its UTF-8. Made of one call for each of its two hashes:
 * `createHmac` makes a stream for every message, and takes three times as long for one of a few hundred bytes.
 * @param key its bytes, or a text that stands for its UTF-8
 */
export function hmacSha256(key: Uint8Array | string): (message: Uint8Array | string) => string {
  const given = typeof key === 'string' ? Buffer.from(key, 'utf8') : key;
  const block = Buffer.alloc(BLOCK_BYTES);
  if (given.length > BLOCK_BYTES) block.write(hash('sha256', given, 'hex'), 'hex');
  else block.set(given);
  const innerPad = block.map((byte) => byte ^ 0x36);
  const kept = Buffer.alloc(KEPT_BYTES);
  kept.set(innerPad);
  const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);
  outer.set(block.map((byte) => byte ^ 0x5c));

  return (message) => {
    const most = BLOCK_BYTES + (typeof message === 'string' ? message.length * MOST_BYTES_A_LETTER : message.length);
    const inner = most <= KEPT_BYTES ? kept : Buffer.concat([innerPad], most);
    let length: number;
    if (typeof message === 'string') length = inner.write(message, BLOCK_BYTES, 'utf8');
    else {
      inner.set(message, BLOCK_BYTES);
      length = message.length;
    }
    outer.write(hash('sha256', inner.subarray(0, BLOCK_BYTES + length), 'binary'), BLOCK_BYTES, 'binary');
    return hash('sha256', outer, 'hex');
  };
}
