import { describe, expect, it } from '@jest/globals';
import { newClusterId } from './kafka.js';

describe(newClusterId.name, () => {
  it('makes what Kafka takes for a cluster id, and never for an option', () => {
    const ids = Array.from({ length: 1_000 }, newClusterId);

    expect(ids.filter((id) => !/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
