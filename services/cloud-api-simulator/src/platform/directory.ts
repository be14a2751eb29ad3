import type { Clock } from '@daybreak/kernel';
import type { LiveSettings, SimulatorSettings } from '../settings/settings.js';
import type { AccessToken, App, PhoneNumber, Portfolio, Waba } from './accounts.js';
import { Pacing } from './pacing.js';
import { readPhoneNumber } from './phone-number.js';
import { PortfolioLimit } from './portfolio-limit.js';
import { QualityScore } from './quality.js';
import { Throughput } from './throughput.js';

/** Who and what exists on Meta's side: apps, tokens, portfolios, WABAs, phone numbers. */
export class Directory {
  readonly apps: ReadonlyMap<string, App>;
  readonly tokens: Map<string, AccessToken>;
  readonly portfolios: ReadonlyMap<string, Portfolio>;
  readonly wabas: ReadonlyMap<string, Waba>;
  readonly numbers: ReadonlyMap<string, PhoneNumber>;
  readonly portfolioPacing: ReadonlyMap<string, Pacing>;

  constructor(settings: SimulatorSettings, live: () => LiveSettings, clock: Clock) {
    const nowMs = clock.nowMs();
    this.apps = byId(
      settings.apps.map((a) => ({
        id: a.id,
        name: a.name,
        secret: a.secret,
        callbackUrl: a.callbackUrl,
        verifyToken: a.verifyToken,
        fields: new Set(a.fields),
      })),
    );
    this.tokens = new Map(settings.tokens.map((t) => [t.token, systemUserToken(t, nowMs)]));
    this.portfolios = byId(
      settings.portfolios.map((p) => ({
        id: p.id,
        name: p.name,
        verified: p.verified,
        overLimit: p.overLimit,
        limit: new PortfolioLimit(p.messagingLimit, p.uniqueRecipientsPerDay),
        pacing: p.pacing,
        underReview: false,
      })),
    );
    this.portfolioPacing = new Map(
      settings.portfolios.flatMap((p) => (p.pacing === undefined ? [] : [[p.id, new Pacing(p.pacing)] as const])),
    );
    this.wabas = byId(
      settings.wabas.map((w) => ({
        id: w.id,
        portfolio: this.portfolios.get(w.portfolioId) as Portfolio, // loadSettings has checked that it exists
        name: w.name,
        currency: w.currency,
        timezoneId: w.timezoneId,
        disableMarketingMessagesOnCloudApi: w.disableMarketingMessagesOnCloudApi,
        subscribedApps: new Map(w.subscribedAppIds.map((appId) => [appId, {}])),
        banState: undefined,
      })),
    );
    this.numbers = byId(settings.numbers.map((n) => phoneNumber(n, this.wabas.get(n.wabaId) as Waba, live)));
  }

  numbersOf(wabaId: string): PhoneNumber[] {
    return [...this.numbers.values()].filter((n) => n.waba.id === wabaId);
  }

  /** A number by its id, or by its place in the settings, 1 being the first; all of them when nothing is said. */
  numbersNamed(name: string | number | undefined): PhoneNumber[] {
    const all = [...this.numbers.values()];
    if (name === undefined) return all;
    return typeof name === 'number' ? all.slice(name - 1, name) : all.filter((n) => n.id === name);
  }
}

function byId<T extends { readonly id: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [item.id, item]));
}

function systemUserToken(t: SimulatorSettings['tokens'][number], nowMs: number): AccessToken {
  return {
    token: t.token,
    appId: t.appId,
    type: 'SYSTEM_USER',
    scopes: t.scopes,
    wabaIds: t.wabaIds,
    issuedAtMs: nowMs,
    expiresAtMs: t.expiresAfterMs === undefined ? undefined : nowMs + t.expiresAfterMs,
    revoked: false,
  };
}

function phoneNumber(n: SimulatorSettings['numbers'][number], waba: Waba, live: () => LiveSettings): PhoneNumber {
  return {
    id: n.id,
    waba,
    phoneNumber: n.phoneNumber,
    displayDigits: n.phoneNumber.slice(1),
    displayPhoneNumber: readPhoneNumber(n.phoneNumber)?.formatInternational() ?? n.phoneNumber,
    verifiedName: n.verifiedName,
    status: n.status,
    nameStatus: 'APPROVED',
    pin: n.pin,
    registered: n.status === 'CONNECTED',
    registrationsAtMs: [],
    qualityRating: n.qualityRating,
    quality: new QualityScore(() => live().quality),
    throughput: new Throughput(n.throughput),
    fullThroughput: n.throughput,
    maintenanceUntilMs: 0,
    callbackOverride: undefined,
    profile: { about: '', address: '', description: '', email: '', vertical: 'FINANCE', websites: [] },
  };
}
