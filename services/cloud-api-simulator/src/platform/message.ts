import type { PhoneNumber } from './accounts.js';
import type { MessageType, OutgoingMessage } from './message-body.js';
import type { Template } from './template.js';

export type MessageStatus = 'accepted' | 'held_for_quality_assessment' | 'sent' | 'delivered' | 'read' | 'failed';

/** One accepted message, as the platform remembers it. */
export interface Message {
  readonly wamid: string;
  /** Of its node in message_history. */
  readonly historyId: string;
  readonly number: PhoneNumber;
  /** Of the person, E.164. */
  readonly to: string;
  readonly type: MessageType;
  readonly reference: string | undefined;
  readonly template: Template | undefined;
  /** As called: payloads of its buttons. */
  readonly call: OutgoingMessage;
  readonly acceptedAtMs: number;
  readonly pricing: Pricing;
  status: MessageStatus;
  readonly events: MessageEvent[];
}

export interface MessageEvent {
  readonly id: string;
  readonly status: MessageStatus;
  readonly atMs: number;
  /** How the webhook about it went. */
  webhook: 'PENDING' | 'DELIVERED' | 'FAILED' | 'RETRYING';
}

/** Why a message failed, as its webhook tells. */
export interface Failure {
  readonly code: number;
  readonly details: string;
}

export interface Pricing {
  readonly billable: boolean;
  readonly pricing_model: 'PMP';
  readonly type: 'regular' | 'free_customer_service';
  readonly category: string;
}
