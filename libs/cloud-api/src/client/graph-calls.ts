import { AppError, drop, type Clock } from '@daybreak/kernel';
import { CloudApiError, graphErrorIn, NO_GRAPH_ERROR } from '../errors/cloud-api.error.js';
import type { Exchange, ExchangeRequest, HttpPools, LostReason, NeverLeftReason } from '../http/exchange.js';
import { retryAfterMsFrom, usageFrom, type Usage } from '../http/usage.js';
import type { ManagementBudget } from '../limits/management-budget.js';
import { parseJsonLosslessly } from '../webhook/lossless-json.js';
import { parsed, sendOutcomeOf, type SendOutcome } from './send-outcome.js';
import type { TokenRing } from './token-ring.js';

/** Query parameters; those that are undefined are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** One call to the Graph API that is not a send. */
export interface GraphCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Without version, e.g. `/1234/media`. */
  readonly path: string;
  readonly query?: Query | undefined;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly bytes?: { readonly body: Uint8Array; readonly headers: readonly string[] };
  /** Whose hourly management budget this call is charged to. */
  readonly wabaId?: string | undefined;
  /** Who asks: a system-user token (by default), the same spelt as uploads want it, or the app itself. */
  readonly as?: 'bearer' | 'oauth' | 'app';
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

/** What all calls of a client have in common. Times are real milliseconds. */
export interface GraphSettings {
  readonly origin: string;
  /** Path in front of every call: what the base URL has, and the version. */
  readonly prefix: string;
  /** `<app id>|<app secret>`; undefined when these are not configured. */
  readonly appToken: string | undefined;
  readonly sendTimeoutMs: number;
  readonly callTimeoutMs: number;
  readonly onUsage: ((usage: Usage) => void) | undefined;
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
  async send(path: string, message: unknown, mayStart?: () => boolean): Promise<SendOutcome> {
    const body = JSON.stringify(message);
    for (;;) {
      const token = this.tokens.current();
      const proof = this.tokens.proofOf(token);
      const exchange = await this.pools.exchange(this.settings.origin, {
        method: 'POST',
        path: withQuery(this.settings.prefix + path, proof === null ? '' : `appsecret_proof=${proof}`),
        headers: ['authorization', `Bearer ${token}`, ...JSON_HEADERS],
        body,
        timeoutMs: this.settings.sendTimeoutMs,
        mayStart,
      });
      const outcome = sendOutcomeOf(exchange, this.clock.nowMs());
      // Not waited for: a budget that could not be told is corrected by the next answer.
      if ('usage' in outcome) this.heed(outcome.usage).catch(() => undefined);
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
      await this.heed(usage);
      if (exchange.status < 300) return exchange;
      const error = new CloudApiError(
        graphErrorIn(parsed(exchange.body)) ?? NO_GRAPH_ERROR,
        exchange.status,
        retryAfterMsFrom(exchange.headers, usage, this.clock.nowMs()),
      );
      if (call.as !== 'app' && TOKEN_REFUSED.has(error.code ?? -1) && this.tokens.refuse(token)) continue;
      throw error;
    }
  }

  private async heed(usage: Usage): Promise<void> {
    this.settings.onUsage?.(usage);
    for (const use of usage.businessUseCases) await this.budget?.observe(use);
  }

  private async spend(wabaId: string): Promise<void> {
    const grant = await this.budget?.take(wabaId);
    if (grant && !grant.granted) {
      throw new AppError('The hourly management budget of the WABA is used up; the call was not made.', {
        kind: 'defer',
        delayMs: grant.retryAfterMs,
      });
    }
  }

  private requestOf(call: GraphCall, token: string): ExchangeRequest {
    const body = call.bytes?.body ?? (call.json === undefined ? undefined : JSON.stringify(call.json));
    return {
      method: call.method,
      path: this.pathOf(call, token),
      headers: ['authorization', this.authorizationOf(call, token), ...(call.bytes?.headers ?? JSON_HEADERS)],
      ...(body === undefined ? {} : { body }),
      timeoutMs: call.timeoutMs ?? this.settings.callTimeoutMs,
    };
  }

  private authorizationOf(call: GraphCall, token: string): string {
    if (call.as === 'oauth') return `OAuth ${token}`;
    if (call.as !== 'app') return `Bearer ${token}`;
    if (this.settings.appToken === undefined)
      throw drop('The app id and the app secret are needed for this call; they are not configured.');
    return `Bearer ${this.settings.appToken}`;
  }

  private pathOf(call: GraphCall, token: string): string {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(call.query ?? {})) if (value !== undefined) parameters.set(name, String(value));
    const proof = call.as === 'app' ? null : this.tokens.proofOf(token);
    if (proof !== null) parameters.set('appsecret_proof', proof);
    return withQuery(this.settings.prefix + call.path, parameters.toString());
  }
}

/** Ids of uploads carry a query of their own. */
const withQuery = (path: string, query: string): string => (query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`);

/** `/1234/media`: ids come from outside and must stay one segment. */
export const at = (...segments: readonly string[]): string => segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');
