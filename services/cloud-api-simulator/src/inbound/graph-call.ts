import type { FastifyRequest } from 'fastify';
import type { AccessToken } from '../platform/accounts.js';
import type { LedgerEntry } from '../platform/ledger-entry.js';

/** What the ledger will say of a request; filled in while it is handled, so that a refusal says as much as was known. */
export type Witness = { -readonly [K in keyof LedgerEntry]?: LedgerEntry[K] };

/** One call of the Graph API, its token already checked. */
export interface GraphCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** First part of the path after the version. */
  readonly nodeId: string;
  readonly token: AccessToken;
  /** Query parameters and, for a form or a JSON object, its members: Graph does not mind where a parameter stands. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The JSON body, whatever it is; undefined for other bodies. */
  readonly json: unknown;
  readonly request: FastifyRequest;
  /** How this caller reaches the simulator, without a trailing slash. */
  readonly baseUrl: string;
  readonly version: string;
  readonly witness: Witness;
}

export interface GraphAnswer {
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type GraphHandler = (call: GraphCall) => GraphAnswer | Promise<GraphAnswer>;

export const SUCCESS: GraphAnswer = { body: { success: true } };

/** A parameter as text, wherever it stood. */
export function textParameter(call: GraphCall, name: string): string | undefined {
  const value = call.parameters[name];
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
