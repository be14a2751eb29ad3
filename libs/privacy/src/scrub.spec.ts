import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { needsScrubbing, scrub } from './scrub.js';

const digits = fc.integer({ min: 6_000_000_000, max: 9_999_999_999 }).map(String);

describe(scrub.name, () => {
  it.each([
    ['an E.164 number', 'to +919812345678 failed', 'to [phone] failed'],
    ['a number without plus', '{"to":"919812345678"}', '{"to":"[phone]"}'],
    ['a number without country code', 'call 9812345678.', 'call [phone].'],
    ['a number in groups', 'call +91 98123 45678', 'call [phone]'],
    ['a URL-encoded number', '?to=%2B919812345678&x=1', '?to=[phone]&x=1'],
    ['a foreign number', 'from +971501234567', 'from [phone]'],
    ['a number that touches letters', 'recipient919812345678x', 'recipient[phone]x'],
    ['a wamid', 'for wamid.HBgMOTE5ODEyMzQ1Njc4FQIAERgSRA== twice', 'for [wamid] twice'],
    ['a URL-encoded wamid', 'message_id=wamid.HBgMOTE5ODEy%3D%3D&fields=id', 'message_id=[wamid]&fields=id'],
    ['a bearer token', 'Authorization: Bearer abc.def-123', 'Authorization: Bearer [token]'],
    ['an access token of Meta', 'token EAAGm0PX4ZCpsBAK refused', 'token [token] refused'],
    ['an access token of ours', 'token dbk_Zm9vYmFyYmF6cXV4 refused', 'token [token] refused'],
    ['a token that is looked at', 'GET /debug_token?input_token=123abc', 'GET /debug_token?input_token=[token]'],
    [
      'a token that is exchanged',
      '/oauth/access_token?fb_exchange_token=123abc&client_id=7',
      '/oauth/access_token?fb_exchange_token=[token]&client_id=7',
    ],
    ['a token in a query', 'GET /debug_token?access_token=123|abc&fields=x', 'GET /debug_token?access_token=[token]&fields=x'],
    ['an app secret proof', 'appsecret_proof=ab12cd&x=1', 'appsecret_proof=[token]&x=1'],
  ])('removes %s', (_, text, expected) => {
    expect(scrub(text)).toBe(expected);
  });

  it.each([
    ['epoch milliseconds', 'at 1795300000000'],
    ['epoch seconds', 'at 1795300000'],
    ['ids of phone numbers and WABAs', 'phone_number_id 106540352242922 waba 102290129340398'],
    ['a UUID', '018f7a1e-7c2b-7d0c-9a57-919812345678'],
    ['a hash', 'address_key a9812345678fe32a9812345678fe32a9812345678fe32a9812345678fe32ab12'],
    ['a run id and a delivery count', 'main-20261122-0600: 847/850 (99.6%)'],
    ['an offset from UTC', '2026-11-22T05:58:30+05:30'],
    ['the word bearer', 'the bearer was refused'],
  ])('keeps %s', (_, text) => {
    expect(scrub(text)).toBe(text);
    expect(needsScrubbing(text)).toBe(false);
  });

  it('leaves no Indian mobile number in any text, whatever stands around it', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('', '91', '+91', '+91 ', '0091', '0'),
        digits,
        fc.string(),
        (before, prefix, number, after) => {
          fc.pre(!/\d$/.test(before) && !/^\d/.test(after));
          expect(scrub(`${before}${prefix}${number}${after}`)).not.toContain(number);
        },
      ),
    );
  });

  it('changes nothing when it is applied twice', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            digits,
            digits.map((d) => `+91${d}`),
            fc.constant('wamid.HBgM='),
            fc.constant('Bearer abcdefgh'),
          ),
        ),
        (parts) => {
          const once = scrub(parts.join(' '));
          expect(scrub(once)).toBe(once);
        },
      ),
    );
  });
});
