import { readFile } from 'node:fs/promises';
import { RUN_ID } from '../morning/run-plan.js';
import type { FaultContext } from './context.js';

/** Statuses of one attempt, from the first to the last. */
export const ATTEMPT_RANK = ['accepted', 'held', 'sent', 'failed', 'delivered', 'read'];

/** A status as it was posted to us. */
export interface StatusLine {
  readonly wamid: string;
  readonly reference: string;
  readonly status: string;
  readonly phone_number_id: string;
  readonly to: string;
  readonly stamped: number;
  /** Why it failed. */
  readonly code?: number;
  readonly answer: number | null;
}

/** Statuses of the run that the platform posted, in its ledger. */
export async function statusLines(context: FaultContext): Promise<StatusLine[]> {
  const text = await readFile(context.morning.ledgerFile, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n')) // behind it, a line may be being written
    .split('\n')
    .filter((line) => line.includes('"kind":"webhook"'))
    .map((line) => JSON.parse(line) as StatusLine)
    .filter(
      (line) => typeof line.reference === 'string' && line.reference.startsWith(`d.${RUN_ID}.`) && ATTEMPT_RANK.includes(line.status),
    );
}

/** What a person wrote, and whether we said 200 to it. */
export interface Words {
  readonly wamid: string;
  readonly from: string;
  readonly phoneNumberId: string;
  readonly text: string;
  readonly atMs: number;
  readonly acknowledged: boolean;
}

/** Everything that people wrote, from the platform's ledger. */
export async function wordsOf(context: FaultContext): Promise<Words[]> {
  const told = new Set(
    (await context.platform.lines({ kind: 'webhook', status: 'inbound', answer: 200 })).map(({ wamid }) => String(wamid)),
  );
  return (await context.platform.lines({ kind: 'inbound' })).map((line) => ({
    wamid: String(line['wamid']),
    from: String(line['from']),
    phoneNumberId: String(line['phone_number_id']),
    text: String(line['text']),
    atMs: Date.parse(String(line['at'])),
    acknowledged: told.has(String(line['wamid'])),
  }));
}
