import { describe, expect, it, jest } from '@jest/globals';
import { manualClock } from '@daybreak/kernel';
import { NEEDED_SCOPES, TokenKeeper, type TokenCalls, type TokenStore } from './token-keeper.js';
import type { TokenInfo } from './wire.js';

const DAY_MS = 86_400_000;
const NOW_MS = 1_795_000_000_000;
const valid: TokenInfo = { is_valid: true, scopes: [...NEEDED_SCOPES] };

function setup(
  info: TokenInfo,
  refreshToken: TokenCalls['refreshToken'] = () => Promise.resolve({ token: 'new', expiresAtMs: NOW_MS + 60 * DAY_MS }),
) {
  const renewed = jest.fn<TokenStore['renewed']>(() => Promise.resolve());
  const refused = jest.fn<TokenStore['refused']>(() => Promise.resolve());
  const store: TokenStore = { tokens: () => ['old'], renewed, refused };
  const sut = new TokenKeeper({ debugToken: () => Promise.resolve(info), refreshToken }, store, manualClock(NOW_MS));
  return { sut, renewed, refused };
}

const inDays = (days: number): number => (NOW_MS + days * DAY_MS) / 1_000;

describe(TokenKeeper.name, () => {
  it.each([
    ['never expires', 0],
    ['expires in eight days', inDays(8)],
  ])('leaves a token alone that %s', async (_case, expires_at) => {
    const { sut, renewed } = setup({ ...valid, expires_at });

    expect(await sut.check()).toMatchObject([{ index: 0, state: 'valid', expiresAtMs: expires_at === 0 ? null : expires_at * 1_000 }]);
    expect(renewed).not.toHaveBeenCalled();
  });

  it('exchanges a token a week before it expires, and hands the new one to the store', async () => {
    const { sut, renewed } = setup({ ...valid, expires_at: inDays(6) });

    expect(await sut.check()).toMatchObject([{ state: 'renewed', expiresAtMs: NOW_MS + 60 * DAY_MS }]);
    expect(renewed).toHaveBeenCalledWith('old', 'new', NOW_MS + 60 * DAY_MS);
  });

  it('reports a token that is about to expire and that Meta does not exchange', async () => {
    const { sut, renewed } = setup({ ...valid, expires_at: inDays(6) }, () => Promise.reject(new Error('no')));

    expect(await sut.check()).toMatchObject([{ state: 'expires-soon', expiresAtMs: NOW_MS + 6 * DAY_MS }]);
    expect(renewed).not.toHaveBeenCalled();
  });

  it('reports a token that Meta no longer takes, without trying to exchange it', async () => {
    const refresh = jest.fn<TokenCalls['refreshToken']>();
    const { sut, refused } = setup({ is_valid: false, expires_at: inDays(-1) }, refresh);

    expect(await sut.check()).toMatchObject([{ state: 'invalid' }]);
    expect(refresh).not.toHaveBeenCalled();
    expect(refused).toHaveBeenCalledWith('old');
  });

  it('names the WABAs that all needed scopes reach', async () => {
    const [messaging, management] = NEEDED_SCOPES;
    const granted = [
      { scope: messaging, target_ids: ['waba-1', 'waba-2'] },
      { scope: management, target_ids: ['waba-2', 'waba-3'] },
      { scope: 'business_management', target_ids: [] },
    ];

    expect(await setup({ ...valid, granular_scopes: granted }).sut.check()).toMatchObject([{ wabaIds: ['waba-2'] }]);
    expect(await setup({ ...valid, granular_scopes: [{ scope: messaging }] }).sut.check()).toMatchObject([{ wabaIds: null }]);
  });

  it('names the scopes that are missing and the end of data access', async () => {
    const { sut } = setup({ is_valid: true, scopes: ['whatsapp_business_messaging'], data_access_expires_at: inDays(30) });

    expect(await sut.check()).toMatchObject([
      { missingScopes: ['whatsapp_business_management'], dataAccessExpiresAtMs: NOW_MS + 30 * DAY_MS },
    ]);
  });
});
