import type { ErrorMeaning } from '../../errors/meaning.js';
import type { JsonObject } from '../../read-json.js';

/** One error object inside a webhook. */
export interface WebhookError {
  /** Null when Meta wrote none, or not a number. */
  readonly code: number | null;
  readonly title: string | null;
  readonly details: string | null;
  readonly meaning: ErrorMeaning;
}

/** What every event says of where it comes from. */
export interface Common {
  /** The WABA; for some account updates the business portfolio. */
  readonly wabaId: string | null;
  /** The webhook field it came by. */
  readonly field: string;
  /** When Meta made the entry; null when it does not say. Epoch milliseconds. */
  readonly entryAtMs: number | null;
  /** The object this event was read from: what this release does not know survives here. */
  readonly raw: JsonObject;
}

/** An event of one phone number. */
export interface OnNumber extends Common {
  readonly phoneNumberId: string | null;
  readonly displayPhoneNumber: string | null;
}

/** An event of one template. */
export interface OfTemplate extends Common {
  /** Text: Meta's ids exceed 2^53. */
  readonly templateId: string | null;
  readonly templateName: string | null;
  /** As Meta writes it here: `en_US` and `en-US` both occur. */
  readonly templateLanguage: string | null;
}
