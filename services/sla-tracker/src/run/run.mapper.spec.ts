import { describe, expect, it } from '@jest/globals';
import { create } from '@bufbuild/protobuf';
import { ShardMode, ShardStateSchema } from '@daybreak/contracts';
import { shardStandingOf } from './run.mapper.js';

describe(shardStandingOf.name, () => {
  it.each([
    [ShardMode.COOLDOWN, 'cooldown'],
    [99, ''], // of a newer release: not known here
  ])('shows the mode %i as “%s”', (mode, word) => {
    expect(shardStandingOf(create(ShardStateSchema, { shardId: 'shard-1', mode })).mode).toBe(word);
  });
});
