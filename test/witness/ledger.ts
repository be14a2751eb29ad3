import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const line = z.looseObject({
  seq: z.number().int().positive(),
  at: z.iso.datetime(),
  /** The same by the machine's clock. */
  real_at: z.iso.datetime().optional(),
  kind: z.enum(['request', 'webhook', 'inbound']),
  phone_number_id: z.string().optional(),
  to: z.string().optional(),
  from: z.string().optional(),
  reference: z.string().optional(),
  template: z.string().optional(),
  language: z.string().optional(),
  code: z.number().optional(),
  accepted: z.boolean().optional(),
  status: z.string().optional(),
  /** What a person wrote. */
  text: z.string().optional(),
  /** Meta's own stamp of a status, epoch seconds. */
  stamped: z.number().optional(),
  answer: z.number().nullable().optional(),
});

/** One line of the platform's ledger, as far as the witness needs it. */
export interface LedgerLine {
  readonly seq: number;
  readonly kind: 'request' | 'webhook' | 'inbound';
  readonly atMs: number;
  /** The same by the machine's clock. */
  readonly realAtMs: number | undefined;
  readonly phoneNumberId: string | undefined;
  readonly to: string | undefined;
  readonly from: string | undefined;
  readonly reference: string | undefined;
  /** `name/language`. */
  readonly template: string | undefined;
  readonly code: number | undefined;
  readonly accepted: boolean | undefined;
  readonly status: string | undefined;
  readonly text: string | undefined;
  readonly stampMs: number | undefined;
  readonly answer: number | null | undefined;
}

/** Reads a ledger (docs/ledger.schema.json). Throws on the first line that is not one, naming it: a damaged witness proves nothing. */
export async function readLedger(path: string): Promise<LedgerLine[]> {
  const lines: LedgerLine[] = [];
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    const parsed = line.safeParse(JSON.parse(text));
    if (!parsed.success)
      throw new Error(
        `${path}, line ${lines.length + 1}: ${parsed.error.issues.map((i) => `${i.path.join('.')} ${i.message}`).join('; ')}`,
      );
    const l = parsed.data;
    if (l.seq !== lines.length + 1) throw new Error(`${path}, line ${lines.length + 1}: its number is ${l.seq}; lines are missing`);
    lines.push({
      seq: l.seq,
      kind: l.kind,
      atMs: Date.parse(l.at),
      realAtMs: l.real_at === undefined ? undefined : Date.parse(l.real_at),
      phoneNumberId: l.phone_number_id,
      to: l.to,
      from: l.from,
      reference: l.reference,
      template: l.template === undefined ? undefined : `${l.template}/${l.language ?? ''}`,
      code: l.code,
      accepted: l.accepted,
      status: l.status,
      text: l.text,
      stampMs: l.stamped === undefined ? undefined : l.stamped * 1_000,
      answer: l.answer,
    });
  }
  return lines;
}
