import { describe, expect, it } from '@jest/globals';
import { recipients } from '../settings/behaviour-settings.js';
import { addressOf, Recipients } from './recipients.js';

const INDIAN_SENDER = '+918047180001';

describe(addressOf.name, () => {
  it.each([
    ['E.164 is itself', '+919812345678', '+919812345678'],
    ['punctuation is ignored', '+91 98123-45678', '+919812345678'],
    ['digits of the sender’s own country are recognised', '919812345678', '+919812345678'],
    ['a national number gets the sender’s country code', '9812345678', '+919812345678'],
    ['foreign digits without a plus get it too, and reach nobody', '16315551234', '+9116315551234'],
  ])('%s', (_, to, expected) => expect(addressOf(to, INDIAN_SENDER)).toBe(expected));

  it.each(['', 'advisor', '+', '+0123456789', '12', '+9198123456789012345'])('refuses %p with 131009', (to) => {
    expect(() => addressOf(to, INDIAN_SENDER)).toThrow('131009');
  });
});

describe(Recipients.name, () => {
  const people = Array.from({ length: 20_000 }, (_, i) => `+9198${String(10_000_000 + i)}`);
  const setup = (over: Record<string, unknown> = {}, seed = 7) => new Recipients(seed, () => recipients.parse(over));

  it('has about the shares it was told, each person of one kind', () => {
    const sut = setup({ shares: { notOnWhatsApp: 0.05, phoneOff: 0.1, capped: 0.02, holdout: 0.02, optedOut: 0.02, reads: 0.5 } });
    const behaviours = people.map((p) => sut.behaviourOf(p));
    const share = (is: (b: (typeof behaviours)[number]) => boolean): number => behaviours.filter(is).length / people.length;

    expect(share((b) => !b.onWhatsApp)).toBeCloseTo(0.05, 2);
    expect(share((b) => b.phone.off)).toBeCloseTo(0.1, 2);
    expect(share((b) => b.marketing === 'capped')).toBeCloseTo(0.02, 2);
    expect(share((b) => b.reads)).toBeCloseTo(0.5, 1);
    expect(share((b) => !b.onWhatsApp && b.phone.off)).toBe(0);
  });

  it('are the same people for the same seed, and others for another', () => {
    const off = (sut: Recipients): string[] => people.filter((p) => sut.behaviourOf(p).phone.off);

    expect(off(setup())).toEqual(off(setup()));
    expect(off(setup())).not.toEqual(off(setup({}, 8)));
  });

  it('takes what is said of one person over what is drawn', () => {
    const sut = setup({ shares: { notOnWhatsApp: 0 }, explicit: [{ phoneNumber: people[0], onWhatsApp: false }] });
    sut.describe({ phoneNumber: people[1] ?? '', phoneOffUntil: '07:30', reaction: 'stops' });

    expect(sut.behaviourOf(people[0] ?? '').onWhatsApp).toBe(false);
    expect(sut.behaviourOf(people[1] ?? '')).toMatchObject({ phone: { off: true, until: '07:30' }, reaction: 'stops' });
  });

  it('knows that an Indian landline or a number too long is not on WhatsApp', () => {
    const sut = setup({ shares: { notOnWhatsApp: 0 } });

    expect(['+9116315551234', '+912212345678'].map((p) => sut.behaviourOf(p).onWhatsApp)).toEqual([false, false]);
  });

  it('keeps a service window open for 24 hours, for one number', () => {
    const sut = setup();
    sut.openServiceWindow('+919812345678', '1', 0);

    expect(sut.inServiceWindow('+919812345678', '1', 86_399_999)).toBe(true);
    expect(sut.inServiceWindow('+919812345678', '1', 86_400_000)).toBe(false);
    expect(sut.inServiceWindow('+919812345678', '2', 1)).toBe(false);
  });
});
