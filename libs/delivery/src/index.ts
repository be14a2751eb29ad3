export { contentHashOf, type PackAudience, type PackContent, type PackPart, type PackPartKind } from './content-hash.js';
export { DELIVERY_STATES, isSettled, mayBecome, type DeliveryState } from './delivery-state.js';
export { ATTEMPT_STATUSES, foldDelivery, furthest, hasReached, type AttemptStatus } from './delivery-status.js';
export { encodeReference, parseReference, REFERENCE_KINDS, REFERENCE_MAX_LENGTH } from './reference.js';
export type { Reference, ReferenceKind } from './reference.js';
export { PUBLIC_STATUSES, publicStatus, type BothLedgers, type PublicStatus } from './public-status.js';
export { addsUp, isLeavingReason, isOnTime, onTimeRatios, staysInDenominator, verdictOf } from './on-time.js';
export type { OnTimeCounts, OnTimeRatios, OnTimeStage, Outcomes, SlaStage, Verdict } from './on-time.js';
export { attributeMiss, MISS_CAUSES, type DeliveryFacts, type Judgement, type Miss, type MissCause } from './miss.js';
