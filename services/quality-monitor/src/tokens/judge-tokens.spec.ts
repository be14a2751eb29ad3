import { describe, expect, it } from '@jest/globals';
import type { TokenFinding } from '@daybreak/cloud-api';
import { judgeTokens } from './judge-tokens.js';

const DAY_MS = 86_400_000;
const NOW_MS = Date.parse('2026-11-23T00:00:00Z');

const aFinding = (over: Partial<TokenFinding> = {}): TokenFinding => ({
  index: 0,
  state: 'valid',
  expiresAtMs: null,
  dataAccessExpiresAtMs: null,
  missingScopes: [],
  wabaIds: null,
  ...over,
});
const judged = (...findings: TokenFinding[]): [string, string] => {
  const { state, detail } = judgeTokens(findings, 'waba-1', NOW_MS);
  return [state, detail];
};

describe(judgeTokens.name, () => {
  it.each([
    ['never expires', aFinding()],
    ['was just renewed', aFinding({ state: 'renewed', expiresAtMs: NOW_MS + 60 * DAY_MS })],
    ['reaches the WABA', aFinding({ wabaIds: ['waba-0', 'waba-1'] })],
  ])('is content with a token that %s', (_what, finding) => {
    expect(judged(finding)).toEqual(['ok', 'the platform takes every token']);
  });

  it.each([
    ['token 1 is refused by the platform', aFinding({ state: 'invalid' })],
    ['token 1 lacks whatsapp_business_messaging', aFinding({ missingScopes: ['whatsapp_business_messaging'] })],
    ['token 1 does not reach this WABA', aFinding({ wabaIds: ['waba-0'] })],
  ])('fails when the only one is of no use: %s', (detail, finding) => {
    expect(judged(finding)).toEqual(['failed', detail]);
  });

  it('is degraded while a second token makes up for the first', () => {
    expect(judged(aFinding({ state: 'invalid' }), aFinding({ index: 1 }))).toEqual(['degraded', 'token 1 is refused by the platform']);
  });

  it('fails when neither is of use, and names both', () => {
    expect(judged(aFinding({ state: 'invalid' }), aFinding({ index: 1, wabaIds: [] }))).toEqual([
      'failed',
      'token 1 is refused by the platform; token 2 does not reach this WABA',
    ]);
  });

  it.each([
    ['token 1 expires on 2026-11-28 and could not be renewed', aFinding({ state: 'expires-soon', expiresAtMs: NOW_MS + 5 * DAY_MS })],
    ['token 1 loses its access to data on 2026-11-29', aFinding({ dataAccessExpiresAtMs: NOW_MS + 6 * DAY_MS })],
  ])('tells ahead of time: %s', (detail, finding) => {
    expect(judged(finding)).toEqual(['degraded', detail]);
  });
});
