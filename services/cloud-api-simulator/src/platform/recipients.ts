import { seededRandom } from '@daybreak/kernel';
import type { RecipientSettings } from '../settings/behaviour-settings.js';
import type { LiveSettings } from '../settings/settings.js';
import { businessScopedUserId } from './business-scoped-user-id.js';
import { invalidBecause } from './message-error.js';
import { readPhoneNumber } from './phone-number.js';

export interface Behaviour {
  readonly onWhatsApp: boolean;
  /** `until` is an instant in words of the settings; absent with `off`: on again after a drawn time. */
  readonly phone: { readonly off: boolean; readonly until?: string };
  readonly marketing: 'takes' | 'capped' | 'holdout' | 'opted-out';
  readonly reaction: 'none' | 'stops' | 'taps' | 'blocks';
  readonly reads: boolean;
  readonly readsWithoutDelivered: boolean;
  readonly failsBeforeDelivered: boolean;
}

/** What the platform remembers of a person. */
export interface Recipient {
  readonly phoneNumber: string;
  messages: number;
  /** Numbers this person wrote to, with the end of the service window that opened, epoch ms. */
  readonly serviceWindows: Map<string, number>;
  readonly blocked: Set<string>;
  /** Pressed "stop" in WhatsApp itself. */
  optedOut: boolean;
}

const SERVICE_WINDOW_MS = 24 * 3_600_000;
const E164 = /^\+[1-9]\d{6,14}$/;
const INDIAN_MOBILE = /^\+91[6-9]\d{9}$/;

/** People with phones. Who they are follows from the seed and the number alone, so that the same morning has the same people. */
export class Recipients {
  private readonly known = new Map<string, Recipient>();
  private readonly explicit = new Map<string, RecipientSettings>();
  /** `<portfolio>/<user id>` of people who were called so. */
  private readonly called = new Map<string, string>();

  constructor(
    private readonly seed: number,
    private readonly live: () => LiveSettings['recipients'],
  ) {
    for (const settings of live().explicit) this.explicit.set(settings.phoneNumber, settings);
  }

  of(phoneNumber: string): Recipient {
    let recipient = this.known.get(phoneNumber);
    if (recipient === undefined) {
      recipient = { phoneNumber, messages: 0, serviceWindows: new Map(), blocked: new Set(), optedOut: false };
      this.known.set(phoneNumber, recipient);
    }
    return recipient;
  }

  /** Whom a portfolio calls so; it can only know the ids of people it has met. */
  calledBy(portfolioId: string, userId: string): string | undefined {
    const key = `${portfolioId}/${userId}`;
    const met =
      this.called.get(key) ?? [...this.known.keys()].find((phoneNumber) => businessScopedUserId(portfolioId, phoneNumber) === userId);
    if (met !== undefined) this.called.set(key, met);
    return met;
  }

  /** Says what one person is like; what is not said stays drawn. */
  describe(settings: RecipientSettings): void {
    this.explicit.set(settings.phoneNumber, { ...this.explicit.get(settings.phoneNumber), ...settings });
  }

  behaviourOf(phoneNumber: string): Behaviour {
    const { shares } = this.live();
    const random = seededRandom(`${this.seed}/person/${phoneNumber}`);
    const kind = random.next();
    const reacts = random.next();
    const reads = random.chance(shares.reads);
    const readsWithoutDelivered = random.chance(shares.readWithoutDelivered);
    const failsBeforeDelivered = random.chance(shares.failedThenDelivered);
    const bands = cumulate([shares.notOnWhatsApp, shares.phoneOff, shares.capped, shares.holdout, shares.optedOut]);
    const band = bands.findIndex((upTo) => kind < upTo);
    const reactionBands = cumulate([shares.stops, shares.taps, shares.blocks]);
    const reaction = (['stops', 'taps', 'blocks'] as const)[reactionBands.findIndex((upTo) => reacts < upTo)] ?? 'none';
    const said = this.explicit.get(phoneNumber);
    return {
      onWhatsApp: (said?.onWhatsApp ?? band !== 0) && isPossible(phoneNumber),
      phone: said?.phoneOffUntil === undefined ? { off: band === 1 } : { off: true, until: said.phoneOffUntil },
      marketing: said?.marketing ?? (['capped', 'holdout', 'opted-out'] as const)[band - 2] ?? 'takes',
      reaction: said?.reaction ?? reaction,
      reads: said?.reads ?? reads,
      readsWithoutDelivered,
      failsBeforeDelivered,
    };
  }

  openServiceWindow(phoneNumber: string, phoneNumberId: string, atMs: number): void {
    this.of(phoneNumber).serviceWindows.set(phoneNumberId, atMs + SERVICE_WINDOW_MS);
  }

  inServiceWindow(phoneNumber: string, phoneNumberId: string, nowMs: number): boolean {
    return (this.known.get(phoneNumber)?.serviceWindows.get(phoneNumberId) ?? 0) > nowMs;
  }

  get count(): number {
    return this.known.size;
  }
}

/** Running sums: where each band of the unit interval ends. */
function cumulate(shares: readonly number[]): number[] {
  let sum = 0;
  return shares.map((share) => (sum += share));
}

/** Indian numbers are checked as mobile numbers; others only by length. */
const isPossible = (phoneNumber: string): boolean => !phoneNumber.startsWith('+91') || INDIAN_MOBILE.test(phoneNumber);

/**
 * The E.164 number that Meta makes of `to`. Punctuation is ignored. Without a leading plus the sender's own country code is put in
 * front, unless the digits are already a number of that country: `919812345678` from an Indian sender is `+919812345678`, but
 * `16315551234` becomes `+9116315551234`, which nobody answers.
 */
export function addressOf(to: string, senderPhoneNumber: string): string {
  const compact = to.replace(/[\s()-]/g, '');
  if (compact.startsWith('+')) {
    if (E164.test(compact)) return compact;
    throw invalidBecause('Parameter to is not a valid phone number.');
  }
  if (!/^\d{5,15}$/.test(compact)) throw invalidBecause('Parameter to is not a valid phone number.');
  const countryCode = readPhoneNumber(senderPhoneNumber)?.countryCallingCode ?? '';
  const read = readPhoneNumber(compact, countryCode);
  return read?.isValid() === true ? read.number : `+${countryCode}${compact}`;
}
