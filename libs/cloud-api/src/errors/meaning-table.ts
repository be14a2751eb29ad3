import type { PauseScope, Retry } from '@daybreak/kernel';
import type { KnownCode } from './error-codes.js';
import type { ErrorClass, ErrorScope, Fault, MeaningRow } from './meaning.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/*
 * Where the delays come from:
 * - throughput 130429: the limit is per second. …/whatsapp/throughput
 * - pair rate 131056: one message every 6 s; the n-th repetition waits 4ⁿ s (`pairRetryDelayMs`). …/whatsapp/about-the-platform
 * - user cap 131049: at least 24 h. …/whatsapp/templates/marketing-templates/per-user-limits
 * - maintenance 131057: an upgrade of throughput takes up to a minute. …/whatsapp/throughput
 * - app and account rate 4, 17, 613, 80007, 80008: hourly budgets; the usage headers say how long, a minute otherwise.
 *   https://developers.facebook.com/docs/graph-api/overview/rate-limiting
 * - registration 133015: 5 min, 133016: 72 h; template sync 134101: 10 min. …/whatsapp/support/error-codes
 */

const HEADERS_SAY = ' The usage headers say for how long.';

const row = (
  errorClass: ErrorClass,
  fault: Fault,
  scope: ErrorScope,
  retry: Retry,
  why: string,
  over: Partial<Pick<MeaningRow, 'alert' | 'ambiguous' | 'provenNotProcessed' | 'tripsAfter'>> = {},
): MeaningRow => ({
  class: errorClass,
  fault,
  scope,
  retry,
  why,
  alert: false,
  ambiguous: false,
  provenNotProcessed: false,
  tripsAfter: null,
  ...over,
});

const DROP: Retry = { kind: 'drop' };
const BACKOFF: Retry = { kind: 'backoff' };
const pause = (scope: PauseScope, until: number | 'platform' | 'operator'): Retry => ({ kind: 'pause', scope, until });

/** Refused before it was looked at: safe to send again. */
const throttled = (fault: Fault, scope: ErrorScope, retry: Retry, why: string): MeaningRow =>
  row('throttle', fault, scope, retry, why, { provenNotProcessed: true, tripsAfter: retry.kind === 'pause' ? 1 : null });

/** Nobody knows whether the message went. */
const unsure = (errorClass: 'ambiguous' | 'transient', fault: Fault, scope: ErrorScope, retry: Retry, why: string): MeaningRow =>
  row(errorClass, fault, scope, retry, why, { ambiguous: true, tripsAfter: retry.kind === 'pause' ? 1 : null });

const auth = (fault: 'token' | 'permission', why: string): MeaningRow =>
  row('auth-halt', fault, 'account', pause('account', 'operator'), why, { alert: 'page', tripsAfter: 1 });

const account = (fault: Fault, until: 'platform' | 'operator', why: string): MeaningRow =>
  row('account-halt', fault, 'account', pause('account', until), why, { alert: 'page', tripsAfter: 1 });

const number = (fault: 'number-setup' | 'number-restricted', why: string): MeaningRow =>
  row('number-halt', fault, 'shard', pause('shard', 'operator'), why, { alert: 'page', tripsAfter: 1 });

const template = (fault: Fault, until: 'platform' | 'operator', tripsAfter: number, why: string): MeaningRow =>
  row('template-halt', fault, 'template', pause('template', until), why, { alert: 'page', tripsAfter });

/** What we fill in does not fit; perhaps for one recipient only, so several in a row before the template stops. */
const filling = (fault: Fault, why: string): MeaningRow =>
  row('template-fix', fault, 'template', DROP, why, { alert: 'ticket', tripsAfter: 5 });

/** The request is wrong; the same mistake would meet everybody, so a few in a row stop the campaign. */
const bug = (why: string, scope: ErrorScope = 'campaign'): MeaningRow =>
  row('request-bug', 'request', scope, DROP, why, { alert: 'ticket', tripsAfter: scope === 'campaign' ? 5 : null });

const person = (
  errorClass: 'recipient-terminal' | 'recipient-suppress' | 'recipient-experiment',
  fault: Fault,
  why: string,
  alert: MeaningRow['alert'] = false,
): MeaningRow => row(errorClass, fault, 'recipient', DROP, why, { alert });

const management = (why: string, retry: Retry = DROP): MeaningRow => row('management-only', 'management', 'account', retry, why);
const marketing = (why: string, retry: Retry = DROP): MeaningRow => row('marketing-api-only', 'marketing-api', 'template', retry, why);

/** One row per documented code. Leaving one out does not compile. */
// prettier-ignore
export const MEANING: Readonly<Record<KnownCode, MeaningRow>> = {
  // Graph: token and permission
  0: auth('token', 'The access token was not recognised. Put a valid system-user token in place.'),
  3: auth('permission', 'The app may not use this part of the API, although Meta answers with a 500. Give the app the capability.'),
  10: auth('permission', 'A permission was never given or was taken away. Grant it to the system user again.'),
  104: auth('token', 'The request carried no token, or Meta wants an app-secret proof with it. Check the token and CLOUD_API_APP_SECRET.'),
  190: auth('token', 'The access token has expired or was revoked. Put a new one in place; nobody is counted as failed for it.'),
  200: auth('permission', 'The token lacks a permission for this account. Check both WhatsApp scopes and the assets of the system user.'),
  131005: auth('permission', 'Access to this account was refused. Check the system user’s assets and scopes.'),

  // Graph: too much
  4: throttled('app-rate', 'account', pause('account', MINUTE_MS), `The app as a whole makes too many calls.${HEADERS_SAY}`),
  17: throttled('app-rate', 'account', pause('account', MINUTE_MS), `The system user makes too many calls.${HEADERS_SAY}`),
  613: throttled('app-rate', 'account', pause('account', MINUTE_MS), `This part of the API was called too often.${HEADERS_SAY}`),
  80007: throttled('account-rate', 'account', pause('account', MINUTE_MS), `The hourly budget of this WABA is used up.${HEADERS_SAY}`),
  80008: throttled('account-rate', 'account', pause('account', MINUTE_MS), `Too many calls to this WABA.${HEADERS_SAY}`),
  130429: throttled('throughput', 'shard', pause('shard', SECOND_MS), 'The number reached its messages per second. The throttle halves its rate and recovers.'),
  131056: throttled('pair-rate', 'recipient', { kind: 'defer', delayMs: 6 * SECOND_MS }, 'Too many messages from this number to this person. Once a day that hints at a duplicate.'),

  // Nobody knows
  1: unsure('ambiguous', 'platform', 'delivery', BACKOFF, 'Meta cannot tell a wrong request from its own failure here. The status webhook decides.'),
  2: unsure('transient', 'platform', 'delivery', BACKOFF, 'Meta is briefly down or overloaded; whether this message went is open. The status webhook decides.'),
  131000: unsure('ambiguous', 'platform', 'delivery', BACKOFF, 'Something failed inside Meta. The status webhook decides whether the message went.'),
  131016: unsure('transient', 'platform', 'delivery', BACKOFF, 'A service behind the API is briefly away. The status webhook decides whether the message went.'),
  131057: unsure('transient', 'maintenance', 'shard', pause('shard', MINUTE_MS), 'The number is in maintenance, often because its throughput is being raised. It is tried again after a minute.'),
  133004: unsure('transient', 'maintenance', 'account', { kind: 'defer', delayMs: MINUTE_MS }, 'The registration service is away. Try again in a minute.'),
  2494100: unsure('transient', 'maintenance', 'shard', pause('shard', 5 * MINUTE_MS), 'The number is being migrated. It is tried again after five minutes.'),

  // The request
  100: bug('A parameter is wrong, too long, or names something that does not exist. The details name it; the same request can never succeed.'),
  192: bug('The recipient’s number is not a phone number to Meta. Correct it at its source.', 'recipient'),
  803: bug('The id in the request belongs to nothing. Check the configured ids.'),
  131008: bug('The request misses a parameter. The details name it.'),
  131009: bug('A parameter has a value Meta does not take, or the phone number id is wrong. The details name it.'),
  131051: bug('This type of message is not supported.'),
  131060: bug('The number also runs in the WhatsApp Business app and cannot send this. Use a number that is on the platform alone.'),
  131061: bug('A parameter of the marketing messages API was sent to the ordinary endpoint.'),
  131062: bug('This kind of message cannot be addressed by business-scoped user id. Use the phone number.', 'recipient'),
  132021: bug('The name chosen for a direct send already belongs to a template. Choose another.', 'template'),

  // The person
  130403: person('recipient-suppress', 'blocked-by-us', 'We blocked this person ourselves. Unblock them, or leave them out.'),
  130472: person('recipient-experiment', 'experiment', 'Meta keeps this person in a control group that gets no marketing templates. Not billed; consent is untouched.'),
  130497: person('recipient-terminal', 'country', 'The account may not message people in this country.', 'page'),
  131021: person('recipient-terminal', 'request', 'Sender and recipient are the same number.'),
  131026: person('recipient-terminal', 'unreachable', 'WhatsApp cannot reach this person: not a user, terms not accepted, or too old an app.'),
  131030: person('recipient-terminal', 'test-number', 'The sender is a test number, which reaches its short allow-list only. A real number must be configured.', 'page'),
  131036: person('recipient-terminal', 'unreachable', 'The content was gone before one of the person’s devices could open it (local storage is switched off for this number).'),
  131043: person('recipient-terminal', 'out-of-time', 'The message expired before the phone came online. Yesterday’s pack is not sent again.'),
  131049: row('recipient-cooldown', 'user-cap', 'recipient', { kind: 'defer', delayMs: 24 * HOUR_MS }, 'Meta judged that this person gets enough marketing for now. Leave them alone for a day.'),
  131050: person('recipient-suppress', 'opted-out', 'The person stopped our marketing inside WhatsApp. Only they can allow it again.'),
  137000: person('recipient-terminal', 'identity', 'The person’s identity key changed since it was stored. Verify who it is first.'),
  131047: row('window-closed', 'service-window', 'recipient', DROP, 'The last message from this person is more than a day old: only a template may be sent.'),

  // The template
  132000: template('template-mismatch', 'operator', 3, 'We fill in another number of variables than the template has, or by position where it wants names.'),
  132001: template('template-missing', 'operator', 1, 'No approved template has this name in this language. Check both, and its approval.'),
  132005: filling('template-content', 'With its variables filled in, the text is too long. Shorten them.'),
  132007: template('template-content', 'operator', 3, 'The template’s content breaks a policy of Meta’s.'),
  132008: filling('template-mismatch', 'A variable has a value the template does not take.'),
  132012: template('template-mismatch', 'operator', 3, 'A variable has another type than the template wants, e.g. text where the header is an image.'),
  132015: template('template-paused', 'platform', 1, 'Meta paused the template for low quality. The standby takes over; the paused one returns when Meta says so.'),
  132016: template('template-disabled', 'operator', 1, 'Meta disabled the template for good. The standby takes over; write a new one.'),
  132018: filling('template-mismatch', 'The template’s variables did not pass Meta’s check. The details name the one.'),
  132068: filling('template-content', 'The flow behind the template is blocked.'),
  132069: filling('template-content', 'The flow behind the template is limited to a few messages an hour.'),
  141002: template('template-missing', 'platform', 1, 'The template is not approved (yet).'),

  // The media
  131014: row('media-fix', 'media', 'campaign', pause('campaign', 'operator'), 'Meta could not fetch the media by its link. Upload it and send it by id.', { alert: 'page', tripsAfter: 3 }),
  131053: row('media-fix', 'media', 'campaign', pause('campaign', 'operator'), 'Meta could not take the media: not fetchable, too large, or of a wrong type. Upload it again and send it by id.', { alert: 'page', tripsAfter: 3 }),
  131052: row('inbound-only', 'inbound', 'delivery', DROP, 'Meta could not fetch what somebody sent us. Nothing to do for sending.'),

  // The number
  33: number('number-setup', 'The sending number no longer exists. Take it out of the pool.'),
  131037: number('number-setup', 'The number’s display name is not approved. It cannot send before that.'),
  131045: number('number-setup', 'The number’s registration is broken. Register it again.'),
  131048: number('number-restricted', 'People blocked or reported messages of this number and Meta restricts it. Stop it; do not slow it down.'),
  133010: number('number-setup', 'The number is not registered. Register it before it returns to the pool.'),

  // The account
  368: account('policy', 'platform', 'Meta blocks the account for breaking a policy. See the account quality page for the reason and the end.'),
  131031: account('policy', 'operator', 'The account is locked. Read its health status; Meta’s support can unlock it.'),
  131042: account('payment', 'operator', 'Billing does not work: payment method, credit line, currency or time zone. Every further message would fail the same way.'),
  131063: account('setting', 'operator', 'This WABA does not allow marketing templates on the ordinary endpoint. Switch the setting or use the marketing messages API.'),
  131064: account('policy', 'platform', 'Meta limits the account because templates were put into the wrong category. It ends by itself; correct the categories.'),
  135000: row('campaign-halt', 'portfolio-pacing', 'campaign', pause('campaign', 'operator'), 'Meta gives no reason; on held messages it means the portfolio is under review. Stop and ask Meta before sending more.', { alert: 'page', tripsAfter: 3 }),

  // Management: never the answer to a send
  131044: management('No payment method for calls. Of no matter for messages.'),
  131059: management('The listing changed while it was read. It starts again from the beginning.', BACKOFF),
  133000: management('An earlier deregistration did not finish. Deregister the number again, then register it.'),
  133005: management('The two-step verification PIN is wrong.'),
  133006: management('The number must be verified before it can be registered.'),
  133008: management('Too many wrong PINs. The details say how long to wait.', { kind: 'defer', delayMs: HOUR_MS }),
  133009: management('PINs were tried too quickly. The details say how long to wait.', { kind: 'defer', delayMs: 5 * MINUTE_MS }),
  133015: management('The number is still being deleted. Wait five minutes.', { kind: 'defer', delayMs: 5 * MINUTE_MS }),
  133016: management('The number was registered and deregistered too often. Meta locks this for 72 hours.', { kind: 'defer', delayMs: 72 * HOUR_MS }),
  134011: management('The terms of WhatsApp Payments are not accepted.'),
  136025: management('The payment configuration is wrong.'),
  200005: management('Template insights are not available for this account.'),
  200006: management('Template insights cannot be switched off again.'),
  200007: management('Template insights are not switched on.'),
  2388019: management('The account holds as many templates as it may. Delete old ones.'),
  2388039: management('The template cannot be changed now: in review, or edited today already.', { kind: 'defer', delayMs: 24 * HOUR_MS }),
  2388040: management('A field of the template is too long.'),
  2388047: management('The template’s header is not well formed.'),
  2388072: management('The template’s body is not well formed.'),
  2388073: management('The template’s footer is not well formed.'),
  2388103: management('The number cannot be migrated. The details name the missing condition.'),
  2388293: management('The template has too many variables for so little text.'),
  2388299: management('The template begins or ends with a variable.'),
  2593107: management('Synchronisation with the WhatsApp Business app was asked for too often.'),
  2593108: management('Synchronisation with the WhatsApp Business app is only possible right after onboarding.'),

  // Marketing messages API
  131055: marketing('The marketing messages API was given a template of another category. Send it by the ordinary endpoint.'),
  134100: marketing('The marketing messages API takes marketing templates only. Send this one by the ordinary endpoint.'),
  134101: marketing('The template is new or changed and not yet known to the marketing messages API.', { kind: 'defer', delayMs: 10 * MINUTE_MS }),
  134102: marketing('The marketing messages API cannot use this template. Send it by the ordinary endpoint.'),
  1752041: marketing('The business was invited to the marketing messages API before. Nothing to do.'),
};
