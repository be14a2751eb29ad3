export { assignShard, preferredShards, type ShardWeight } from './assignment.js';
export { allocateShards, capacityOf, HEADROOM, type ShardAllocation, type ShardCapacity } from './capacity.js';
export { maySend, SHARD_STATE_NAMES, takesShare, type ShardStateName } from './shard-state.js';
export { rampedRate, warmUpCap, warmUpDays, type RateRamp, type WarmUp } from './ramp.js';
