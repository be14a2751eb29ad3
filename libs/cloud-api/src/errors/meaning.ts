import type { Retry } from '@daybreak/kernel';

/** What kind of trouble it is. Decides what happens next; the fault only says what to call it. */
export type ErrorClass =
  | 'throttle' //             refused before it was looked at: safe to send again
  | 'transient' //            a passing state of Meta's; whether this message went is not proven
  | 'ambiguous' //            Meta does not know, or does not say, what became of the message
  | 'recipient-terminal' //   this message cannot reach this person
  | 'recipient-suppress' //   this person must not be written to
  | 'recipient-cooldown' //   this person has had enough for now
  | 'recipient-experiment' // this person is in Meta's control group
  | 'window-closed' //        free-form outside the service window
  | 'template-halt' //        the template cannot be sent by anybody
  | 'template-fix' //         what we put into the template does not fit
  | 'media-fix' //            the media cannot be used
  | 'number-halt' //          the phone number cannot send
  | 'account-halt' //         the WABA cannot send
  | 'auth-halt' //            the token or the app may not
  | 'campaign-halt' //        everything must stop until a person has looked
  | 'request-bug' //          the request itself is wrong
  | 'management-only' //      never answers a send
  | 'marketing-api-only' //   only on /marketing_messages
  | 'inbound-only'; //        only about what somebody sent to us

/** Whom the trouble concerns: how far the consequence reaches. */
export type ErrorScope = 'delivery' | 'recipient' | 'template' | 'shard' | 'account' | 'campaign';

/** Where the code was met: in an answer, in a `failed` status, or inside a `health_status`. */
export type ErrorSurface = 'sync' | 'async' | 'health';

/** On whose side a miss with this fault is counted. */
export type Attribution = 'ours' | 'platform' | 'recipient';

/** One word for each trouble: for reports, metrics and the operator's "why". */
export const FAULT_ATTRIBUTION = {
  'app-rate': 'ours',
  'account-rate': 'ours',
  throughput: 'ours',
  'pair-rate': 'ours',
  token: 'ours',
  permission: 'ours',
  policy: 'ours',
  payment: 'ours',
  setting: 'ours',
  country: 'ours',
  request: 'ours',
  'blocked-by-us': 'ours',
  'test-number': 'ours',
  'service-window': 'ours',
  'template-missing': 'ours',
  'template-mismatch': 'ours',
  'template-content': 'ours',
  'template-paused': 'platform',
  'template-disabled': 'platform',
  media: 'ours',
  'number-setup': 'ours',
  'number-restricted': 'platform',
  'portfolio-pacing': 'platform',
  maintenance: 'platform',
  platform: 'platform',
  unreachable: 'recipient',
  'user-cap': 'recipient', // Meta's cap follows what this person gets and reads from all businesses together
  'opted-out': 'recipient',
  experiment: 'recipient',
  identity: 'recipient',
  'out-of-time': 'recipient', // their phone stayed off until the message had expired
  management: 'ours',
  'marketing-api': 'ours',
  inbound: 'recipient',
} as const satisfies Record<string, Attribution>;

/** One word for a trouble, from the list above. */
export type Fault = keyof typeof FAULT_ATTRIBUTION;

/** What one error code means to us. */
export interface ErrorMeaning {
  /** Meta's code; null when the answer carried none. */
  readonly code: number | null;
  readonly class: ErrorClass;
  readonly fault: Fault;
  readonly attribution: Attribution;
  readonly scope: ErrorScope;
  /** The only thing a worker branches on. When `ambiguous`, it holds for what comes after the outcome is settled. */
  readonly retry: Retry;
  /** Whether somebody should hear of it: at once, or in working hours. */
  readonly alert: false | 'ticket' | 'page';
  /** The message may or may not have been accepted. Never send it again before that is settled. */
  readonly ambiguous: boolean;
  /** Meta refused before it looked at the message: sending it again cannot make a second one. */
  readonly provenNotProcessed: boolean;
  /** How many of these in a row prove that the scope, and not one delivery, is at fault. Null: never. */
  readonly tripsAfter: number | null;
  /** For people: what happened, and what to do. */
  readonly why: string;
}

/** A row of the table: a meaning without what follows from its key. */
export type MeaningRow = Omit<ErrorMeaning, 'code' | 'attribution'>;
