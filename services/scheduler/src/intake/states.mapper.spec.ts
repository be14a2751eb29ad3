import { describe, expect, it } from '@jest/globals';
import { create } from '@bufbuild/protobuf';
import {
  ReadinessObservedSchema,
  ReadinessState,
  ShardMode,
  ShardStateSchema,
  TemplateRole,
  TemplateStateSchema,
  WabaMode,
  WabaStateSchema,
} from '@daybreak/contracts';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { toReadinessFact, toShard, toTemplateVersion, toWaba } from './states.mapper.js';

/** A value that only a newer release knows. */
const NEWER = 99;

describe('states', () => {
  it.each([
    [ShardMode.WARMING, 'warming'],
    [NEWER, 'halted'],
  ])('of the shard mode %i are planned on as %s', (mode, word) => {
    expect(toShard(create(ShardStateSchema, { mode })).mode).toBe(word);
  });

  it.each([
    [WabaMode.RESTRICTED, 'restricted'],
    [NEWER, 'halted'],
  ])('of the account mode %i are planned on as %s', (mode, word) => {
    expect(toWaba(create(WabaStateSchema, { mode })).mode).toBe(word);
  });

  it.each([
    [TemplateRole.STANDBY, 'standby'],
    [NEWER, 'none'],
  ])('of the template role %i are planned on as %s', (role, word) => {
    expect(toTemplateVersion(create(TemplateStateSchema, { role })).role).toBe(word);
  });

  it.each([
    [ReadinessState.DEGRADED, 'degraded'],
    [NEWER, 'unknown'],
  ])('of the readiness state %i are judged as %s', (state, word) => {
    expect(toReadinessFact(create(ReadinessObservedSchema, { state, observedAt: timestampFromMs(0) })).state).toBe(word);
  });

  it('without a mode are refused: the publisher forgot it', () => {
    expect(() => toShard(create(ShardStateSchema, {}))).toThrow('mode: is required');
  });
});
