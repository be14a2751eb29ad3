import type { TemplateContent } from '../store/reply.repository.js';

/** One message that an operator asked for. It lies among the replies and goes their way. */
export interface RequestedMessage {
  readonly messageId: string;
  readonly requestDigest: string;
  readonly phoneNumberId: string;
  readonly recipientId: string;
  readonly sealedAddress: Uint8Array;
  readonly content: TemplateContent;
  readonly requestedAtMs: number;
  /** It does not start at or after it. */
  readonly expiresAtMs: number;
}

/** The same message, as it lies there now. */
export interface KnownMessage {
  readonly messageId: string;
  readonly requestDigest: string;
  readonly phoneNumberId: string;
  readonly recipientId: string;
  readonly content: TemplateContent;
  readonly state: string;
  readonly attempt: number;
  readonly errorCode: number;
  readonly reason: string;
  readonly requestedAtMs: number;
}
