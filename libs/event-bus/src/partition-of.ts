const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/**
 * Kafka's own hash of a key, as every client in every language computes it: the same key stays on the same partition, whoever publishes.
 * kafkajs's does it in emulated 64-bit arithmetic, which costs as much as encoding the record.
 */
export function murmur2(key: Uint8Array): number {
  const { length } = key;
  const whole = length & ~3;
  let hash = SEED ^ length;
  for (let i = 0; i < whole; i += 4) {
    let k = byteAt(key, i) | (byteAt(key, i + 1) << 8) | (byteAt(key, i + 2) << 16) | (byteAt(key, i + 3) << 24);
    k = Math.imul(k, M);
    k ^= k >>> 24;
    hash = Math.imul(hash, M) ^ Math.imul(k, M);
  }
  if (length > whole) {
    for (let i = length - 1; i >= whole; i--) hash ^= byteAt(key, i) << ((i - whole) * 8);
    hash = Math.imul(hash, M);
  }
  hash ^= hash >>> 13;
  hash = Math.imul(hash, M);
  return hash ^ (hash >>> 15);
}

const byteAt = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0;

/** The partition of a key among so many. */
export const partitionOf = (key: Uint8Array, partitions: number): number => (murmur2(key) & 0x7fffffff) % partitions;
