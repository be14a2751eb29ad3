export { parseCommand, type Command, type PauseUntil } from './command.js';
export { CONSENT_STATES, foldConsent, mayReceive, PURPOSES } from './consent.js';
export type { Consent, ConsentEvent, ConsentState, Purpose, PurposeConsent } from './consent.js';
