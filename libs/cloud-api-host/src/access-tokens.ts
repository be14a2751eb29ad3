import type { TokenStore } from '@daybreak/cloud-api';
import { sha256Hex } from '@daybreak/kernel';
import type { RenewedTokenRepository } from './renewed-token.repository.js';

interface Slot {
  readonly configured: string;
  /** SHA-256 of the configured token, which nobody can guess: a new token in the configuration has no renewal yet. */
  readonly source: string;
  renewed: { readonly token: string; readonly expiresAtMs: number | null; readonly isSaved: boolean } | undefined;
}

/** The tokens of the configuration, each with what it was renewed to since. */
export class AccessTokens implements TokenStore {
  private readonly slots: readonly Slot[];

  constructor(
    configured: readonly string[],
    private readonly rows: Pick<RenewedTokenRepository, 'find' | 'save' | 'forget'>,
  ) {
    this.slots = configured.map((token) => ({ configured: token, source: sha256Hex(token), renewed: undefined }));
  }

  /** One a slot: those whose end counts. */
  tokens(): readonly string[] {
    return this.slots.map(({ configured, renewed }) => renewed?.token ?? configured);
  }

  /** For calls, best first. What was renewed stays behind its renewal: it is good until it expires. */
  forCalls(): readonly string[] {
    return this.slots.flatMap(({ configured, renewed }) => (renewed === undefined ? [configured] : [renewed.token, configured]));
  }

  /** Takes over what other processes of the service renewed, and writes down what could not be written before. */
  async load(): Promise<void> {
    const rows = await this.rows.find(this.slots.map(({ source }) => source));
    for (const slot of this.slots) {
      if (slot.renewed?.isSaved === false) await this.save(slot, slot.renewed.token, slot.renewed.expiresAtMs);
      const token = rows.get(slot.source);
      if (token !== undefined && slot.renewed === undefined) slot.renewed = { token, expiresAtMs: null, isSaved: true };
    }
  }

  async renewed(old: string, token: string, expiresAtMs: number | null): Promise<void> {
    const slot = this.slotOf(old);
    if (slot === undefined) return;
    slot.renewed = { token, expiresAtMs, isSaved: false }; // of use at once, whether or not it can be written
    await this.save(slot, token, expiresAtMs);
  }

  /** A renewal that Meta no longer takes is given up; the configured token is looked at again. */
  async refused(token: string): Promise<void> {
    const slot = this.slots.find(({ renewed }) => renewed?.token === token);
    if (slot === undefined) return;
    slot.renewed = undefined;
    await this.rows.forget(slot.source);
  }

  private slotOf(token: string): Slot | undefined {
    return this.slots.find(({ configured, renewed }) => (renewed?.token ?? configured) === token);
  }

  private async save(slot: Slot, token: string, expiresAtMs: number | null): Promise<void> {
    await this.rows.save(slot.source, token, expiresAtMs);
    slot.renewed = { token, expiresAtMs, isSaved: true };
  }
}
