import { createHash } from 'node:crypto';

/** SHA-256 as lower-case hex. Text is hashed as UTF-8. */
export const sha256Hex = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** 64 uniformly spread bits of a text, stable across processes, machines and releases. */
export const stableHash = (text: string): bigint => createHash('sha256').update(text).digest().readBigUInt64BE(0);

/** JSON with sorted keys and no white space: the same value gives the same text. Undefined members are left out. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((v) => canonicalJson(v ?? null)).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${members.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
