import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { LedgerLine } from '../platform/ledger-entry.js';
import type { Ledger } from './ledger.js';

export interface LedgerFilter {
  /** Members that must have exactly this value, as text. */
  readonly equals: Readonly<Record<string, string>>;
  /** Lines after this number. */
  readonly after: number;
  readonly limit: number;
}

/** Lines of the ledger file that fit, in order. Reads the file: what it returns is what the witness wrote. */
export async function queryLedger(ledger: Ledger, filter: LedgerFilter): Promise<LedgerLine[]> {
  ledger.flush();
  const found: LedgerLine[] = [];
  for await (const line of createInterface({ input: createReadStream(ledger.path), crlfDelay: Infinity })) {
    if (found.length >= filter.limit) break;
    if (line === '') continue;
    const entry = JSON.parse(line) as LedgerLine;
    if (entry.seq > filter.after && Object.entries(filter.equals).every(([name, value]) => String(entry[name]) === value))
      found.push(entry);
  }
  return found;
}
