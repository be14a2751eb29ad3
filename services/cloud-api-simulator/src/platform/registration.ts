import type { Clock } from '@daybreak/kernel';
import type { PhoneNumber } from './accounts.js';
import { GraphError, invalidParameter, requiredParameter } from './graph-error.js';

const CALLS_IN_72_H = 10;
const WINDOW_MS = 72 * 3_600_000;
const PIN_GUESSES = 5;
const REGIONS = ['AE', 'AU', 'BH', 'BR', 'CA', 'CH', 'DE', 'GB', 'ID', 'IN', 'JP', 'KR', 'SG', 'ZA'];

/** Registering and deregistering numbers: ten calls in 72 hours, then locked for as long. */
export class Registration {
  private readonly wrongPins = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  register(number: PhoneNumber, pin: string | undefined, region: string | undefined): void {
    if (pin === undefined) throw requiredParameter('pin');
    if (!/^\d{6}$/.test(pin)) throw invalidParameter('Param pin must have 6 digits.');
    if (region !== undefined && !REGIONS.includes(region))
      throw invalidParameter(`Param data_localization_region must be one of {${REGIONS.join(', ')}}.`);
    this.count(number);
    if (number.status === 'UNVERIFIED') throw new GraphError(133_006);
    if (number.pin !== pin) {
      const wrong = (this.wrongPins.get(number.id) ?? 0) + 1;
      this.wrongPins.set(number.id, wrong);
      throw new GraphError(wrong > PIN_GUESSES ? 133_008 : 133_005);
    }
    this.wrongPins.delete(number.id);
    number.registered = true;
    number.status = 'CONNECTED';
  }

  deregister(number: PhoneNumber): void {
    this.count(number);
    if (!number.registered) throw new GraphError(133_010, { message: '(#133010) The account is not registered' });
    number.registered = false;
    number.status = 'DISCONNECTED';
  }

  private count(number: PhoneNumber): void {
    const nowMs = this.clock.nowMs();
    const recent = number.registrationsAtMs.filter((atMs) => atMs > nowMs - WINDOW_MS);
    if (recent.length >= CALLS_IN_72_H) throw new GraphError(133_016);
    number.registrationsAtMs.splice(0, number.registrationsAtMs.length, ...recent, nowMs);
  }
}
