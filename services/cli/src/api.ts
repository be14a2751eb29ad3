import { z } from 'zod';
import { CliError, EXIT, exitCodeOf } from './exit-code.js';

export interface ApiOptions {
  readonly baseUrl: string;
  readonly token: string | undefined;
  readonly timeoutMs: number;
}

export interface ApiRequest {
  /** Sent as JSON, unless it is a stream or a text with a content type of its own. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

const problemSchema = z.looseObject({
  detail: z.string(),
  requiredRoles: z.array(z.string()).optional(),
  errors: z.array(z.object({ field: z.string(), reason: z.string() })).optional(),
});

/** One service over HTTP. Whatever goes wrong becomes a CliError that says what and ends with the right code; the token is in none of them. */
export class Api {
  constructor(private readonly options: ApiOptions) {}

  get<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    return this.ask('GET', path, schema);
  }

  post<T>(path: string, schema: z.ZodType<T>, request: ApiRequest = {}): Promise<T> {
    return this.ask('POST', path, schema, request);
  }

  put<T>(path: string, schema: z.ZodType<T>, request: ApiRequest = {}): Promise<T> {
    return this.ask('PUT', path, schema, request);
  }

  /** For what is not JSON: the successful answer itself. No time-out is put on its body. */
  async send(method: Method, path: string, { body, headers }: ApiRequest = {}): Promise<Response> {
    const { baseUrl, token, timeoutMs } = this.options;
    const isStream = body instanceof ReadableStream;
    const isRaw = isStream || typeof body === 'string';
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(new Error(`no answer within ${timeoutMs} ms`)), isStream ? 2 ** 31 - 1 : timeoutMs);
    try {
      const response = await fetch(`${baseUrl.replace(/\/$/, '')}${path}`, {
        method,
        headers: {
          accept: 'application/json, application/problem+json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined || isRaw ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: isRaw ? (body as string | ReadableStream) : JSON.stringify(body) }),
        ...(isStream ? { duplex: 'half' } : {}),
        redirect: 'error', // a token is not taken elsewhere
        signal: patience.signal,
      });
      if (response.status === 401 && token === undefined)
        throw new CliError('no token: set DAYBREAK_TOKEN or DAYBREAK_TOKEN_FILE', EXIT.notAllowed);
      if (!response.ok) throw await refused(response);
      return response;
    } catch (error) {
      if (error instanceof CliError) throw error;
      throw new CliError(`${new URL(baseUrl).origin} does not answer: ${reasonOf(error)}`, EXIT.unreachable);
    } finally {
      clearTimeout(timer);
    }
  }

  private async ask<T>(method: Method, path: string, schema: z.ZodType<T>, request: ApiRequest = {}): Promise<T> {
    const response = await this.send(method, path, request);
    const body: unknown = await response.json().catch(() => undefined);
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new CliError(
      `the answer to ${method} ${path} is not what this version expects: ${parsed.error.issues.map(({ path: at, message }) => `${at.join('.')} ${message}`).join('; ')}`,
      EXIT.failed,
    );
  }
}

async function refused(response: Response): Promise<CliError> {
  const body: unknown = await response.json().catch(() => undefined);
  const problem = problemSchema.safeParse(body);
  if (!problem.success) return new CliError(`the service answered ${response.status} ${response.statusText}`, exitCodeOf(response.status));
  const fields = problem.data.errors?.map(({ field, reason }) => `\n  ${field}: ${reason}`).join('') ?? '';
  return new CliError(`${problem.data.detail}${fields}`, exitCodeOf(response.status), body);
}

/** fetch hides what happened in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  const { cause } = error;
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join(', ');
  return cause instanceof Error ? cause.message : error.message;
}
