import type { JsonObject } from '../read-json.js';
import type { WebhookEvent } from './webhook-event.js';

/** One change of an envelope, with what its entry says. */
export interface Change {
  readonly wabaId: string | null;
  readonly field: string;
  readonly entryAtMs: number | null;
  readonly value: JsonObject;
}

/** Makes events of one change. Never throws: what it cannot read is null. */
export type ChangeReader = (change: Change) => readonly WebhookEvent[];
