import { randomBytes } from 'node:crypto';

interface Known {
  readonly title: string;
  readonly httpStatus: number;
  /** What Meta's own examples say beside the code. */
  readonly over?: Pick<GraphErrorOptions, 'subcode' | 'transient' | 'type'>;
}

const REQUEST_LIMIT = { subcode: 2_446_079, transient: true } as const;

/** What Meta publishes of the codes that this simulator answers. Kept apart from the client's own table: a witness does not copy. */
const KNOWN: Readonly<Record<number, Known>> = {
  0: { title: 'AuthException', httpStatus: 401 },
  1: { title: 'API Unknown', httpStatus: 400 },
  2: { title: 'API Service', httpStatus: 503, over: { transient: true, type: 'GraphMethodException' } },
  3: { title: 'API Method', httpStatus: 500 },
  4: { title: 'Application request limit reached', httpStatus: 400, over: REQUEST_LIMIT },
  10: { title: 'Application does not have permission for this action', httpStatus: 403 },
  17: { title: 'User request limit reached', httpStatus: 429, over: REQUEST_LIMIT },
  33: { title: 'Parameter value is not valid', httpStatus: 400 },
  100: { title: 'Invalid parameter', httpStatus: 400 },
  104: { title: 'An access token is required to request this resource', httpStatus: 401 },
  190: { title: 'Invalid OAuth access token', httpStatus: 401 },
  200: { title: 'Permissions error', httpStatus: 403 },
  368: { title: 'Temporarily blocked for policies violations', httpStatus: 403 },
  613: { title: 'Calls to this API have exceeded the rate limit', httpStatus: 400 },
  803: { title: 'Some of the aliases you requested do not exist', httpStatus: 404 },
  2500: { title: 'Unknown path components', httpStatus: 400 },
  80007: { title: 'Rate limit issues', httpStatus: 400, over: REQUEST_LIMIT },
  80008: { title: 'There have been too many calls to this WhatsApp Business account', httpStatus: 400 },
  130403: { title: 'Business has blocked the user', httpStatus: 400 },
  130429: { title: 'Rate limit hit', httpStatus: 400 },
  130472: { title: "User's number is part of an experiment", httpStatus: 400 },
  130497: { title: 'Business account is restricted from messaging users in this country', httpStatus: 403 },
  131000: { title: 'Something went wrong', httpStatus: 500 },
  131005: { title: 'Access denied', httpStatus: 403 },
  131008: { title: 'Required parameter is missing', httpStatus: 400 },
  131009: { title: 'Parameter value is not valid', httpStatus: 400 },
  131016: { title: 'Service unavailable', httpStatus: 500 },
  131021: { title: 'Recipient cannot be sender', httpStatus: 400 },
  131026: { title: 'Message undeliverable', httpStatus: 400 },
  131030: { title: 'Recipient phone number not in allowed list', httpStatus: 400 },
  131031: { title: 'Account has been locked', httpStatus: 403 },
  131037: { title: 'WhatsApp provided number needs display name approval before message can be sent', httpStatus: 400 },
  131042: { title: 'Business eligibility payment issue', httpStatus: 400 },
  131043: { title: 'Message expired', httpStatus: 400 },
  131045: { title: 'Incorrect certificate', httpStatus: 500 },
  131047: { title: 'Re-engagement message', httpStatus: 400 },
  131048: { title: 'Spam rate limit hit', httpStatus: 400 },
  131049: { title: 'This message was not delivered to maintain healthy ecosystem engagement', httpStatus: 400 },
  131050: { title: 'User has stopped receipt of marketing messages', httpStatus: 400 },
  131051: { title: 'Unsupported message type', httpStatus: 400 },
  131052: { title: 'Media download error', httpStatus: 400 },
  131053: { title: 'Media upload error', httpStatus: 400 },
  131055: { title: 'Method not allowed', httpStatus: 400 },
  131056: { title: '(Business Account, Consumer Account) pair rate limit hit', httpStatus: 400 },
  131057: { title: 'Account in maintenance mode', httpStatus: 500 },
  131059: { title: 'Invalid or expired paging cursor', httpStatus: 400 },
  131060: { title: 'Not supported for coexistence number', httpStatus: 400 },
  131061: { title: 'Parameter is only supported by the Marketing Messages API', httpStatus: 400 },
  131062: { title: 'Business-scoped User ID (BSUID) recipients are not supported for this message', httpStatus: 400 },
  131063: { title: 'Marketing templates are disabled on Cloud API', httpStatus: 400 },
  131064: { title: 'Messaging limit due to template classification violations', httpStatus: 400 },
  132000: { title: 'Number of parameters does not match the expected number of params', httpStatus: 400 },
  132001: { title: 'Template name does not exist in the translation', httpStatus: 404 },
  132005: { title: 'Translated text too long', httpStatus: 400 },
  132007: { title: 'Template format character policy violated', httpStatus: 400 },
  132012: { title: 'Parameter format does not match format in the created template', httpStatus: 400 },
  132015: { title: 'Template is paused', httpStatus: 400 },
  132016: { title: 'Template is disabled', httpStatus: 400 },
  132018: { title: 'Template validation error', httpStatus: 400 },
  133000: { title: 'Incomplete deregistration', httpStatus: 500 },
  133004: { title: 'Server temporarily unavailable', httpStatus: 503 },
  133005: { title: 'Two step verification PIN mismatch', httpStatus: 400 },
  133006: { title: 'Phone number re-verification needed', httpStatus: 400 },
  133008: { title: 'Too many two step verification PIN guesses', httpStatus: 400 },
  133010: { title: 'Phone number not registered', httpStatus: 400 },
  133016: { title: 'Account register deregister rate limit exceeded', httpStatus: 400 },
  134100: { title: 'Only marketing messages supported', httpStatus: 400 },
  134101: { title: 'Template still syncing', httpStatus: 400 },
  134102: { title: 'Template unavailable for use', httpStatus: 500 },
  135000: { title: 'Generic user error', httpStatus: 400 },
  2388019: { title: 'Message template limit exceeded', httpStatus: 400 },
  2388039: { title: "Template status can't be changed", httpStatus: 400 },
  2388040: { title: 'Character limit exceeded', httpStatus: 400 },
  2388047: { title: 'Message header format is incorrect', httpStatus: 400 },
  2388072: { title: 'Message body format is incorrect', httpStatus: 400 },
  2388073: { title: 'Message footer format is incorrect', httpStatus: 400 },
  2388293: { title: 'This template has too many variables for its length', httpStatus: 400 },
  2388299: { title: 'Variables cannot be at the start or end of the template', httpStatus: 400 },
};

export const titleOf = (code: number): string => KNOWN[code]?.title ?? 'Unknown error';

export interface GraphErrorOptions {
  /** What exactly is wrong, under `error_data.details`. */
  readonly details?: string;
  /** Replaces `(#code) title`. */
  readonly message?: string;
  readonly type?: 'OAuthException' | 'GraphMethodException';
  readonly subcode?: number;
  readonly httpStatus?: number | undefined;
  /** Seconds of a `Retry-After` header. */
  readonly retryAfterS?: number | undefined;
  readonly transient?: boolean;
  readonly userTitle?: string;
  readonly userMessage?: string;
}

/** A request that Meta refuses, in Meta's own words. */
export class GraphError extends Error {
  readonly httpStatus: number;

  constructor(
    readonly code: number,
    private readonly options: GraphErrorOptions = {},
  ) {
    super(options.message ?? `(#${code}) ${titleOf(code)}`);
    this.name = 'GraphError';
    this.httpStatus = options.httpStatus ?? KNOWN[code]?.httpStatus ?? 400;
  }

  get headers(): Readonly<Record<string, string>> {
    const { retryAfterS } = this.options;
    return retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
  }

  body(): unknown {
    const { details, type, subcode, transient, userTitle, userMessage } = { ...KNOWN[this.code]?.over, ...this.options };
    return {
      error: {
        message: this.message,
        type: type ?? 'OAuthException',
        code: this.code,
        ...(details === undefined ? {} : { error_data: { messaging_product: 'whatsapp', details } }),
        ...(subcode === undefined ? {} : { error_subcode: subcode }),
        ...(transient === undefined ? {} : { is_transient: transient }),
        ...(userTitle === undefined ? {} : { error_user_title: userTitle }),
        ...(userMessage === undefined ? {} : { error_user_msg: userMessage }),
        fbtrace_id: `A${randomBytes(16).toString('base64url')}`,
      },
    };
  }
}

/** One parameter of a request is wrong. */
export const invalidParameter = (message: string): GraphError => new GraphError(100, { message: `(#100) ${message}` });

export const requiredParameter = (name: string): GraphError =>
  new GraphError(100, { message: `(#100) The parameter ${name} is required.` });

const FIRST_OF_WHATSAPP = 130_000; // smaller codes are Graph's own and come without `error_data`

/** Codes by which Meta throttles and that its table prints with 400, its OpenAPI with 429 and captures with 403. */
const THROTTLING: ReadonlySet<number> = new Set([4, 613, 80_007, 80_008, 130_429]);

/** A refusal that a fault asked for. */
export const faultError = (
  fault: { readonly code: number; readonly httpStatus?: number | undefined; readonly retryAfterS?: number | undefined },
  throttlingHttpStatus: number,
): GraphError =>
  new GraphError(fault.code, {
    httpStatus: fault.httpStatus ?? (THROTTLING.has(fault.code) ? throttlingHttpStatus : undefined),
    retryAfterS: fault.retryAfterS,
    ...(fault.code < FIRST_OF_WHATSAPP ? {} : { details: titleOf(fault.code) }),
  });

/**
 * Nothing of this id that the token may see: Graph does not tell the two apart. Meta's description answers reads and deletes with 404
 * and 803; writes get the 100 with subcode 33 that practice knows. An id that is none is a wrong parameter.
 */
export function noSuchObject(method: string, id: string): GraphError {
  if (!/^\d+$/.test(id)) return new GraphError(100, { message: `Invalid parameter: '${id.slice(0, 64)}' must be a valid numeric string` });
  if (method !== 'POST') return new GraphError(803, { message: `(#803) Object with ID '${id}' not found`, type: 'GraphMethodException' });
  return unsupported(method, id);
}

/** The object is there and has no such edge, or not for this method. */
export const unsupported = (method: string, id: string): GraphError =>
  new GraphError(100, {
    message: `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api`,
    type: 'GraphMethodException',
    subcode: 33,
  });
