import { describe, expect, it } from '@jest/globals';
import { sha256Hex } from '@daybreak/kernel';
import { AccessTokens } from './access-tokens.js';

/** The rows, as two processes of a service share them. */
class Rows {
  readonly tokens = new Map<string, string>();
  away = false;

  async find(sources: readonly string[]): Promise<Map<string, string>> {
    return new Map([...this.tokens].filter(([source]) => sources.includes(source)));
  }

  async save(source: string, token: string): Promise<void> {
    if (this.away) throw new Error('away');
    this.tokens.set(source, token);
  }

  async forget(source: string): Promise<void> {
    this.tokens.delete(source);
  }
}

describe(AccessTokens.name, () => {
  it('uses the configured tokens, in their order, until one is renewed', async () => {
    const sut = new AccessTokens(['one', 'two'], new Rows());
    expect(sut.forCalls()).toEqual(['one', 'two']);

    await sut.renewed('one', 'one-b', null);

    expect(sut.forCalls()).toEqual(['one-b', 'one', 'two']);
    expect(sut.tokens()).toEqual(['one-b', 'two']);
  });

  it('takes over at the next start what was renewed, and what another process renewed', async () => {
    const rows = new Rows();
    const other = new AccessTokens(['one'], rows);
    await new AccessTokens(['one'], rows).renewed('one', 'one-b', null);

    await other.load();

    expect(other.tokens()).toEqual(['one-b']);
    await other.renewed('one-b', 'one-c', null);
    expect([...rows.tokens]).toEqual([[sha256Hex('one'), 'one-c']]);
  });

  it('lets a new token of the configuration begin without a renewal', async () => {
    const rows = new Rows();
    await new AccessTokens(['one'], rows).renewed('one', 'one-b', null);
    const sut = new AccessTokens(['three'], rows);

    await sut.load();

    expect(sut.forCalls()).toEqual(['three']);
  });

  it('uses a renewal that cannot be written, and writes it later', async () => {
    const rows = new Rows();
    const sut = new AccessTokens(['one'], rows);
    rows.away = true;

    await expect(sut.renewed('one', 'one-b', null)).rejects.toThrow('away');
    expect(sut.tokens()).toEqual(['one-b']);

    rows.away = false;
    await sut.load();
    expect(rows.tokens.get(sha256Hex('one'))).toBe('one-b');
  });

  it('gives up a renewal that is refused, and never a configured token', async () => {
    const rows = new Rows();
    const sut = new AccessTokens(['one', 'two'], rows);
    await sut.renewed('one', 'one-b', null);

    await sut.refused('one-b');
    await sut.refused('two');

    expect(sut.forCalls()).toEqual(['one', 'two']);
    expect(rows.tokens.size).toBe(0);
  });
});
