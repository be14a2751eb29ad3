/** What a number may do now. */
export const SHARD_STATE_NAMES = ['active', 'throttled', 'cooldown', 'paused', 'warming', 'standby', 'halted'] as const;
export type ShardStateName = (typeof SHARD_STATE_NAMES)[number];

const MEANING: Readonly<Record<ShardStateName, { takesShare: boolean; sends: boolean }>> = {
  active: { takesShare: true, sends: true },
  // Fewer per second, but no fewer recipients of its own.
  throttled: { takesShare: true, sends: true },
  // Reduced frequency after a loss of quality.
  cooldown: { takesShare: true, sends: true },
  // Critical content may still go; the sender decides by the delivery.
  paused: { takesShare: false, sends: false },
  // Takes what its daily cap allows.
  warming: { takesShare: true, sends: true },
  // Owned, with media and throttle ready, and idle until it is made active.
  standby: { takesShare: false, sends: false },
  halted: { takesShare: false, sends: false },
};

/** May a plan give this shard a share of the recipients? */
export const takesShare = (state: ShardStateName): boolean => MEANING[state].takesShare;

/** May campaign traffic start from this shard now? */
export const maySend = (state: ShardStateName): boolean => MEANING[state].sends;
