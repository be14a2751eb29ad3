import { describe, expect, it } from '@jest/globals';
import { isSameUrl, stateOf } from './subscription.js';

const OURS = 'https://hooks.example.in/webhooks/whatsapp';

describe(isSameUrl.name, () => {
  it.each([
    ['itself', OURS, true],
    ['an explicit port and a capital in the host', 'https://Hooks.example.in:443/webhooks/whatsapp', true],
    ['a slash at the end', `${OURS}/`, true],
    ['another host', 'https://hooks.example.com/webhooks/whatsapp', false],
    ['another path', 'https://hooks.example.in/webhooks/WhatsApp', false],
    ['a query', `${OURS}?tenant=2`, false],
    ['no TLS', OURS.replace('https', 'http'), false],
    ['no URL at all', 'elsewhere', false],
    ['nothing', '', false],
  ])('compares with %s', (_, other, same) => {
    expect(isSameUrl(OURS, other)).toBe(same);
  });
});

describe(stateOf.name, () => {
  const checkedAt = new Date(0);

  it.each([
    ['unchecked', { subscribed: null, callbackUrl: null, elsewhere: false, numbersElsewhere: [], checkedAt: null }],
    ['unreadable', { subscribed: null, callbackUrl: null, elsewhere: true, numbersElsewhere: null, checkedAt }],
    ['elsewhere', { subscribed: true, callbackUrl: 'https://example.org', elsewhere: true, numbersElsewhere: [], checkedAt }],
    ['elsewhere', { subscribed: true, callbackUrl: OURS, elsewhere: false, numbersElsewhere: ['106'], checkedAt }],
    ['subscribed', { subscribed: true, callbackUrl: OURS, elsewhere: false, numbersElsewhere: [], checkedAt }],
  ] as const)('says %s', (state, waba) => {
    expect(stateOf(waba)).toBe(state);
  });
});
