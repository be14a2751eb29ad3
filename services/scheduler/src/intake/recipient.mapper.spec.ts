import { describe, expect, it } from '@jest/globals';
import { DeliveryMode, type RecipientUpserted } from '@daybreak/contracts';
import { isAppError } from '@daybreak/kernel';
import { aPhoneNumber, aRecipientUpserted } from '@daybreak/testing';
import { recipientReader, type RecipientRules } from './recipient.mapper.js';

const rules: RecipientRules = { tenantId: 'main', languages: ['en', 'hi', 'mr'], jweRequired: false };

function violationsOf(event: RecipientUpserted, over: Partial<RecipientRules> = {}): string[] {
  try {
    recipientReader({ ...rules, ...over })(event);
    return [];
  } catch (error) {
    if (!isAppError(error)) throw error;
    return error.violations.map(({ field, reason }) => `${field}: ${reason}`);
  }
}

type Over = Parameters<typeof aRecipientUpserted>[0];

describe(recipientReader.name, () => {
  it('reads what a plan needs, and leaves the address as it came', () => {
    const phoneNumber = aPhoneNumber();
    const event = aRecipientUpserted({
      recipientId: 'adv-1',
      address: { case: 'phoneNumber', value: phoneNumber },
      deliveryMode: DeliveryMode.NUDGE,
    });

    expect(recipientReader(rules)(event)).toMatchObject({
      recipientId: 'adv-1',
      language: 'en',
      deliveryMode: 'nudge',
      address: { kind: 'clear', phoneNumber },
    });
  });

  it('takes an unspecified mode for direct', () => {
    expect(recipientReader(rules)(aRecipientUpserted({ deliveryMode: DeliveryMode.UNSPECIFIED })).deliveryMode).toBe('direct');
  });

  it.each<[string, Over, string[]]>([
    ['an id with blanks', { recipientId: 'adv 1' }, ['recipient_id: must be 1 to 64 of A-Z a-z 0-9 . _ -']],
    ['another tenant', { tenantId: 'other' }, ['tenant_id: is not a tenant of this installation']],
    ['an unknown language', { language: 'tlh' }, ['language: must be one of en, hi, mr']],
    ['no address of any kind', { address: { case: undefined } }, ['address: needs phone_number, address_jwe or business_scoped_user_id']],
    ['an empty JWE', { address: { case: 'addressJwe', value: '' } }, ['address_jwe: must not be empty']],
    [
      'a parameter with a tab',
      { bodyParameters: { name: 'a\tb' } },
      ['body_parameters.name: must be one line without tabs or more than four blanks in a row'],
    ],
  ])('refuses %s', (_, over, violations) => {
    expect(violationsOf(aRecipientUpserted(over))).toEqual(violations);
  });

  it('takes a business-scoped user id in place of an address', () => {
    expect(violationsOf(aRecipientUpserted({ address: { case: undefined }, businessScopedUserId: 'IN.123' }))).toEqual([]);
  });

  it('refuses an address in clear where JWE is demanded, and takes a JWE', () => {
    const refused = violationsOf(aRecipientUpserted(), { jweRequired: true });
    expect(refused).toEqual(['phone_number: addresses in clear are refused here; send address_jwe']);
    expect(violationsOf(aRecipientUpserted({ address: { case: 'addressJwe', value: 'a.b.c.d.e' } }), { jweRequired: true })).toEqual([]);
  });
});
