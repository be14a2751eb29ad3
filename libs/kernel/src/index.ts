export { Alarm } from './alarm.js';
export { AppError, isAppError, drop, invalid, type Retry, type PauseScope, type Violation } from './app-error.js';
export { systemClock, clockFrom, parseClockSpec, manualClock, type Clock, type ManualClock } from './clock.js';
export { runIdOf, deliveryIdOf, newEventId, uuidV5 } from './ids.js';
export { seededRandom, type SeededRandom } from './seeded-random.js';
export { stableHash, sha256Hex, canonicalJson } from './stable-hash.js';
export { reasonOf } from './reason-of.js';
export { within } from './within.js';
