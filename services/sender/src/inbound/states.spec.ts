import { describe, expect, it } from '@jest/globals';
import { create } from '@bufbuild/protobuf';
import { ShardMode, ShardStateSchema, WabaMode, WabaStateSchema } from '@daybreak/contracts';
import { toRow as toShardRow } from './shard-state.consumer.js';
import { toRow as toWabaRow } from './waba-state.consumer.js';

/** A value that only a newer release knows. */
const NEWER = 99;

describe('states of numbers and accounts', () => {
  it.each([
    [ShardMode.THROTTLED, 'throttled'],
    [ShardMode.UNSPECIFIED, 'halted'],
    [NEWER, 'halted'],
  ])('of the shard mode %i are %s', (mode, word) => {
    expect(toShardRow(create(ShardStateSchema, { mode })).mode).toBe(word);
  });

  it.each([
    [WabaMode.ACTIVE, 'active'],
    [WabaMode.UNSPECIFIED, 'halted'],
    [NEWER, 'halted'],
  ])('of the account mode %i are %s', (mode, word) => {
    expect(toWabaRow(create(WabaStateSchema, { mode })).mode).toBe(word);
  });
});
