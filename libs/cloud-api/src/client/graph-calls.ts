import { AppError, type Clock } from '@daybreak/kernel';
import { CloudApiError, graphErrorIn, NO_GRAPH_ERROR } from '../errors/cloud-api.error.js';
import type { Exchange, ExchangeRequest, HttpPools, LostReason, NeverLeftReason } from '../http/exchange.js';
import { retryAfterMsFrom, usageFrom } from '../http/usage.js';
import type { ManagementBudget } from '../limits/management-budget.js';
import { parseJsonLosslessly } from '../webhook/lossless-json.js';
import { parsed, sendOutcomeOf, type SendOutcome } from './send-outcome.js';
import type { TokenRing } from './token-ring.js';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface GraphCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Without version, e.g. `/1234/media`. */
  readonly path: string;
  readonly query?: Query | undefined;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly bytes?: { readonly body: Uint8Array; readonly headers: readonly string[] };
  /** Whose hourly management budget this call is charged to. */
  readonly wabaId?: string;
  /** Instead of `Bearer <system-user token>`. */
  readonly authorization?: (token: string) => string;
  readonly timeoutMs?: number;
}

/** No usable answer came to a call that is not a send. `left` says whether Meta may have acted on it. */
export class CloudApiUnansweredError extends AppError {
  constructor(
    readonly reason: LostReason | NeverLeftReason | 'unreadable-answer',
    readonly left: boolean,
  ) {
    super(`The Cloud API gave no answer (${reason}).`, { kind: 'backoff' });
    this.name = 'CloudApiUnansweredError';
  }
}

export interface GraphSettings {
  readonly origin: string;
  /** Path in front of the version; empty for Meta. */
  readonly basePath: string;
  readonly version: string;
  readonly sendTimeoutMs: number;
  readonly callTimeoutMs: number;
}

const JSON_HEADERS = ['accept', 'application/json', 'content-type', 'application/json'] as const;
const TOKEN_REFUSED = new Set([0, 190]); // not recognised; expired or revoked

/** Calls to the Graph API: token, proof, version, budget. Sends go out once; only a refused token is swapped for the next one. */
export class GraphCalls {
  constructor(
    private readonly pools: HttpPools,
    private readonly settings: GraphSettings,
    private readonly tokens: TokenRing,
    private readonly budget: ManagementBudget | undefined,
    private readonly clock: Clock,
  ) {}

  /** One POST that makes a message. Never throws, never repeats what Meta may have read. */
  async send(path: string, message: unknown): Promise<SendOutcome> {
    const body = JSON.stringify(message);
    for (;;) {
      const token = this.tokens.current();
      const exchange = await this.pools.exchange(this.settings.origin, {
        method: 'POST',
        path: this.pathOf(path, undefined, token),
        headers: ['authorization', `Bearer ${token}`, ...JSON_HEADERS],
        body,
        timeoutMs: this.settings.sendTimeoutMs,
      });
      const outcome = sendOutcomeOf(exchange, this.clock.nowMs());
      // A refused token is a refused request: the next token's is the first that Meta looks at.
      if (outcome.kind === 'rejected' && TOKEN_REFUSED.has(outcome.error.code ?? -1) && this.tokens.refuse(token)) continue;
      return outcome;
    }
  }

  /** A call whose answer is JSON. Throws a `CloudApiError` when Meta refuses, a `CloudApiUnansweredError` when no answer comes. */
  async call<T>(call: GraphCall): Promise<T> {
    const answer = await this.answer(call);
    const text = answer.body.toString('utf8');
    try {
      return parseJsonLosslessly(text) as T;
    } catch {
      throw new CloudApiUnansweredError('unreadable-answer', true);
    }
  }

  /** As `call`, for answers that are bytes. */
  async answer(call: GraphCall): Promise<Extract<Exchange, { kind: 'answered' }>> {
    if (call.wabaId !== undefined) await this.spend(call.wabaId);
    for (;;) {
      const token = this.tokens.current();
      const exchange = await this.pools.exchange(this.settings.origin, this.requestOf(call, token));
      if (exchange.kind !== 'answered') throw new CloudApiUnansweredError(exchange.reason, exchange.kind === 'lost');
      const usage = usageFrom(exchange.headers);
      for (const use of usage.businessUseCases) await this.budget?.observe(use);
      if (exchange.status < 300) return exchange;
      const error = new CloudApiError(graphErrorIn(parsed(exchange.body)) ?? NO_GRAPH_ERROR, exchange.status, retryAfterMsFrom(exchange.headers, usage, this.clock.nowMs()));
      if (call.authorization === undefined && TOKEN_REFUSED.has(error.code ?? -1) && this.tokens.refuse(token)) continue;
      throw error;
    }
  }

  private async spend(wabaId: string): Promise<void> {
    const grant = await this.budget?.take(wabaId);
    if (grant && !grant.granted) {
      throw new AppError('The hourly management budget of the WABA is used up; the call was not made.', { kind: 'defer', delayMs: grant.retryAfterMs });
    }
  }

  private requestOf(call: GraphCall, token: string): ExchangeRequest {
    const authorization = call.authorization?.(token) ?? `Bearer ${token}`;
    const body = call.bytes?.body ?? (call.json === undefined ? undefined : JSON.stringify(call.json));
    return {
      method: call.method,
      path: this.pathOf(call.path, call.query, call.authorization === undefined ? token : undefined),
      headers: ['authorization', authorization, ...(call.bytes?.headers ?? JSON_HEADERS)],
      ...(body === undefined ? {} : { body }),
      timeoutMs: call.timeoutMs ?? this.settings.callTimeoutMs,
    };
  }

  private pathOf(path: string, query: Query | undefined, token: string | undefined): string {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) parameters.set(name, String(value));
    const proof = token === undefined ? null : this.tokens.proofOf(token);
    if (proof !== null) parameters.set('appsecret_proof', proof);
    const search = parameters.toString();
    return `${this.settings.basePath}/${this.settings.version}${path}${search === '' ? '' : `?${search}`}`;
  }
}
