import { describe, expect, it } from '@jest/globals';
import { maySend, SHARD_STATE_NAMES, takesShare } from './shard-state.js';

describe('the states of a shard', () => {
  it('let an idle, a paused and a halted number neither take a share nor send', () => {
    const still = SHARD_STATE_NAMES.filter((state) => !takesShare(state) && !maySend(state));

    expect(still).toEqual(['paused', 'standby', 'halted']);
  });

  it('give no share to a number that may not send it', () => {
    for (const state of SHARD_STATE_NAMES) expect(takesShare(state) && !maySend(state)).toBe(false);
  });
});
