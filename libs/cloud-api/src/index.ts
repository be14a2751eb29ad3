export type * from './client/client-options.js';
export { CloudApiClient } from './client/cloud-api-client.js';
export { CloudApiUnansweredError } from './client/graph-calls.js';
export { checkMedia, mediaViolations, MEDIA_RULES } from './client/media-rules.js';
export type { HeaderSample } from './client/resumable-upload.js';
export type { AmbiguousReason, SendOutcome } from './client/send-outcome.js';
export { checkTemplateDraft, templateDraftViolations } from './client/template-rules.js';
export { NEEDED_SCOPES, TokenKeeper, type TokenFinding, type TokenStore } from './client/token-keeper.js';
export type * from './client/wire.js';
export { CloudApiError, isCloudApiError } from './errors/cloud-api.error.js';
export { isKnownCode, KNOWN_CODES, type KnownCode } from './errors/error-codes.js';
export { errorMeaning, pairRetryDelayMs } from './errors/error-meaning.js';
export { FAULT_ATTRIBUTION, type Attribution, type ErrorClass, type ErrorMeaning } from './errors/meaning.js';
export type { ErrorScope, ErrorSurface, Fault } from './errors/meaning.js';
export type { NeverLeftReason } from './http/exchange.js';
export type { BusinessUseCaseUsage, Usage } from './http/usage.js';
export {
  breakerKey,
  brokenScope,
  CircuitBreakers,
  type BreakerPolicy,
  type BreakerScope,
  type BreakerTarget,
  type OpenBreaker,
} from './limits/circuit-breakers.js';
export * from './limits/management-budget.js';
export * from './messages/message-builders.js';
export { messagingLimitOf } from './messaging-limit.js';
export type { JsonObject } from './read-json.js';
export { answerHandshake, type HandshakeAnswer } from './webhook/answer-handshake.js';
export { parseJsonLosslessly } from './webhook/lossless-json.js';
export { parseWebhook } from './webhook/parse-webhook.js';
export { signatureCheck, signatureOf, type SignatureCheck } from './webhook/verify-signature.js';
export * from './webhook/webhook-event.js';
