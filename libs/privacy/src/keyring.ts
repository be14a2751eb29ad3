/** One 256-bit sealing key and the short name by which sealed bytes refer to it. */
export interface SealingKey {
  readonly keyId: string;
  readonly key: Uint8Array;
}

/** The keys in force: the first seals, all of them open. Two during a rotation, one otherwise; never empty. */
export type Keyring = readonly SealingKey[];
