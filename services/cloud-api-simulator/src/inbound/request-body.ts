import type { FastifyRequest } from 'fastify';

/** What a request brought, as far as it could be read. */
export interface RequestBody {
  readonly json: unknown;
  readonly form: Readonly<Record<string, string>>;
  /** It said it was JSON, and is not. */
  readonly isBroken: boolean;
}

const NOTHING: RequestBody = { json: undefined, form: {}, isBroken: false };

export function readBody({ body, headers }: FastifyRequest): RequestBody {
  const type = headers['content-type'] ?? '';
  if (!Buffer.isBuffer(body) || body.length === 0) return NOTHING;
  if (type.startsWith('application/x-www-form-urlencoded'))
    return { ...NOTHING, form: Object.fromEntries(new URLSearchParams(body.toString('utf8'))) };
  if (!type.includes('json')) return NOTHING;
  try {
    return { ...NOTHING, json: JSON.parse(body.toString('utf8')) as unknown };
  } catch {
    return { ...NOTHING, isBroken: true };
  }
}
