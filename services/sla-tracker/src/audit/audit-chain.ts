import { canonicalJson, sha256Hex } from '@daybreak/kernel';

/** Who did what to what. */
export interface AuditEntry {
  readonly auditId: string;
  /** `user:<account>` or `service:<name>/<instance>`. */
  readonly actor: string;
  readonly action: string;
  readonly object: string;
  readonly beforeDigest: string;
  readonly afterDigest: string;
  readonly details: Readonly<Record<string, string>>;
  /** Epoch ms. */
  readonly recordedAt: number;
}

/** An entry in its place: it carries the hash of the one before it. */
export interface ChainedEntry extends AuditEntry {
  /** From 1, without a gap. */
  readonly seq: number;
  readonly previousHash: string;
  readonly hash: string;
}

/** What the first entry stands on. */
export const CHAIN_START: Pick<ChainedEntry, 'seq' | 'hash'> = { seq: 0, hash: '0'.repeat(64) };

/** Puts entries behind the last one. */
export function chain(last: Pick<ChainedEntry, 'seq' | 'hash'>, entries: readonly AuditEntry[]): ChainedEntry[] {
  let { seq, hash } = last;
  return entries.map((entry) => {
    const previousHash = hash;
    seq += 1;
    hash = hashOf(entry, seq, previousHash);
    return { ...entry, seq, previousHash, hash };
  });
}

/** Place of the first entry that is not what was written, or that does not follow the one before it; undefined when all is well. */
export function firstBreak(last: Pick<ChainedEntry, 'seq' | 'hash'>, entries: readonly ChainedEntry[]): number | undefined {
  let before = last;
  for (const entry of entries) {
    if (entry.seq !== before.seq + 1 || entry.previousHash !== before.hash || entry.hash !== hashOf(entry, entry.seq, entry.previousHash)) {
      return before.seq + 1;
    }
    before = entry;
  }
  return undefined;
}

function hashOf(entry: AuditEntry, seq: number, previousHash: string): string {
  const { auditId, actor, action, object, beforeDigest, afterDigest, details, recordedAt } = entry;
  return sha256Hex(previousHash + canonicalJson({ seq, auditId, actor, action, object, beforeDigest, afterDigest, details, recordedAt }));
}
