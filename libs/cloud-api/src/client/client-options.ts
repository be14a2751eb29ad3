import type { Clock } from '@daybreak/kernel';
import type { Usage } from '../http/usage.js';
import type { ManagementBudget } from '../limits/management-budget.js';

/** How a client reaches Meta. Times are real milliseconds. */
export interface CloudApiClientOptions {
  /** https://graph.facebook.com, or whatever answers like it. */
  readonly baseUrl: string;
  /** e.g. v24.0. */
  readonly version: string;
  /** System-user tokens, best first; asked before every call, so that a rotation needs no restart. The next is used when Meta refuses one (190). */
  readonly tokens: () => readonly string[];
  readonly appId?: string | undefined;
  /** When set, every call carries an `appsecret_proof`. */
  readonly appSecret?: string | undefined;
  /** Hourly budget of management calls, shared by all replicas. Without one only Meta counts. */
  readonly budget?: ManagementBudget | undefined;
  /** Told after every answer, sends included, what Meta says is used: nothing while it is far from a limit. Must not throw. */
  readonly onUsage?: ((usage: Usage) => void) | undefined;
  readonly clock?: Clock | undefined;
  /** Connections to Meta; one request at a time on each. At 300 ms an answer, 1 000 messages/s need 300. */
  readonly connections?: number | undefined;
  /** From the call to the last byte of the answer, waiting for a connection included. Must stay below the time after which an ambiguous send is resolved. */
  readonly sendTimeoutMs?: number | undefined;
  /** The same for everything that is not a send. */
  readonly callTimeoutMs?: number | undefined;
  readonly connectTimeoutMs?: number | undefined;
  /** How long an idle connection is kept; shorter than Meta keeps it, or requests are lost on closing connections. */
  readonly keepAliveMs?: number | undefined;
}

/** A file to send: checked against Meta's limits before it is uploaded. */
export interface MediaUpload {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly filename?: string | undefined;
}

/** Which templates of an account, and which of their fields. */
export interface TemplateFilter {
  readonly name?: string | undefined;
  readonly status?: string | undefined;
  readonly fields?: readonly string[] | undefined;
  /** Items a page; all pages are read. */
  readonly limit?: number | undefined;
}

/** Where Meta is to post an app's webhooks, and which fields of them. */
export interface AppCallback {
  readonly callbackUrl: string;
  readonly verifyToken: string;
  readonly fields: readonly string[];
}
