export { parseCommand, type Command } from './command.js';
export { pauseEndsAt, type PauseUntil } from './pause-until.js';
export { CONSENT_STATES, foldConsent, mayReceive, PURPOSES } from './consent.js';
export type { Consent, ConsentEvent, ConsentState, Purpose, PurposeConsent } from './consent.js';
export { aiDisclosure, withAiDisclosure } from './ai-disclosure.js';
