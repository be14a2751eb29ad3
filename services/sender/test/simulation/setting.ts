import { sendWindowFrom } from '@daybreak/timing';
import type { Claim, Content } from '../../src/delivery/claim.js';
import type { DeliveryRecord } from '../../src/delivery/delivery-record.js';
import type { KnownShard } from '../../src/shard/known-shard.js';
import type { Weather } from './weather.js';

export const PEOPLE = 40;
export const WINDOW_MS = 120_000;
export const HTTP_TIMEOUT_MS = 10_000;
export const RESOLVE_AFTER_MS = 20_000;
export const TICK_MS = 100;
export const REFRESH_MS = 500;
export const AHEAD_MS = 200;
export const LINGER_MS = 200;
export const MAX_ATTEMPTS = 3;

/** How long what an operator, a monitor or a person said takes to reach every pod. */
export const HEARD_WITHIN_MS = 900;

export const WINDOW = sendWindowFrom({
  freezeAt: 0,
  stagedBy: 0,
  opensAt: 10_000,
  firstAttemptsEndAt: 10_000 + WINDOW_MS - 30_000,
  closesAt: 10_000 + WINDOW_MS,
  deadlineAt: 10_000 + WINDOW_MS + 30_000,
  liveSealAt: 10_000 + WINDOW_MS + 60_000,
  finalSealAt: 10_000 + WINDOW_MS + 60_000,
});
export const ENDS_AT_MS = WINDOW.closesAt + 120_000;

/** Messages per second of one number: fewer than are due at once. */
export const RATE = 2;
export const WABA = 'waba';
export const RUN = 'main-19700101-0600';

/** Whose number is hit by what hits one number. */
export const FIRST = 'shard-1';

const aNumber = (shardId: string, over: Partial<KnownShard> = {}): KnownShard => ({
  shardId,
  phoneNumberId: shardId,
  wabaId: WABA,
  businessPortfolioId: 'portfolio',
  role: 'primary',
  mode: 'active',
  allowedRate: RATE,
  throughputMps: 2 * RATE,
  dailyCap: 0,
  hourlyCap: 0,
  weight: 1,
  reason: '',
  changedAtMs: 0,
  ...over,
});

/** Two that share the campaign, and a spare that helps. */
export const numbersIn = ({ hourlyCap, dailyCap, spareCap }: Weather): KnownShard[] => [
  aNumber(FIRST, { hourlyCap, dailyCap }),
  aNumber('shard-2'),
  aNumber('shard-3', { role: 'standby', mode: 'standby', allowedRate: 0, throughputMps: RATE, weight: 0, dailyCap: spareCap }),
];

export const TEMPLATE = 'daily_v1/en';
export const CONTENT = {
  contentPackId: 'pack',
  template: { name: 'daily_v1', language: 'en', hasImageHeader: false },
  standby: { name: 'daily_v2', language: 'en', hasImageHeader: false },
  headerMedia: null,
} as unknown as Content;
export const AGREED = { consent: { state: 'opted_in', sinceMs: 0 }, critical: false } as unknown as Claim;

export const BLANK: DeliveryRecord = {
  deliveryId: '',
  runId: RUN,
  recipientId: '',
  shardId: FIRST,
  state: 'QUEUED',
  attempt: 0,
  spared: 0,
  claimNumber: 0,
  epoch: 0,
  dueAtMs: 0,
  claimedAtMs: null,
  resolveAtMs: null,
  observedAttempt: 0,
  acceptedAttempt: 0,
  wamidHash: '',
  errorCode: 0,
  reason: '',
};
