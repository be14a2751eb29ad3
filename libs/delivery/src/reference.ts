import { invalid, type Violation } from '@daybreak/kernel';

/** What a message is: a delivery, a reply, a template's warm-up, a canary, a test. */
export const REFERENCE_KINDS = { d: 'delivery', r: 'reply', w: 'warm-up', c: 'canary', t: 'test' } as const;
/** The letter that a kind has in the reference. */
export type ReferenceKind = keyof typeof REFERENCE_KINDS;

/** Rides through Meta in `biz_opaque_callback_data` and comes back in every status: whose message, which POST, under which lease. */
export interface Reference {
  readonly kind: ReferenceKind;
  readonly runId: string;
  /** UUID, lower case. For kinds other than `d`, the id of whatever the message belongs to. */
  readonly deliveryId: string;
  /** 1 for the first POST. */
  readonly attempt: number;
  /** Epoch of the lease under which the POST was made. */
  readonly epoch: number;
}

/** Meta returns up to 256 or 512 characters, depending on whom one asks; half of the smaller is safe. */
export const REFERENCE_MAX_LENGTH = 128;

const RUN_ID = /^[A-Za-z0-9_-]{1,48}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const COUNT = /^(0|[1-9]\d*)$/; // one spelling per number, so that parse and encode are inverse

/** `<kind>.<run_id>.<delivery_id>.<attempt>.<epoch>`. Throws `invalid` for parts that could not be read back. */
export function encodeReference(reference: Reference): string {
  const violations = violationsOf(reference);
  if (violations.length > 0) throw invalid(...violations);
  return `${reference.kind}.${reference.runId}.${reference.deliveryId}.${reference.attempt}.${reference.epoch}`;
}

/** Undefined for text that is not a reference of ours: others may use the same number, and older formats may come back. */
export function parseReference(text: string | undefined): Reference | undefined {
  if (text === undefined || text.length > REFERENCE_MAX_LENGTH) return undefined;
  const parts = text.split('.');
  const [kind = '', runId = '', deliveryId = '', attempt = '', epoch = ''] = parts;
  if (parts.length !== 5 || !isKind(kind) || !COUNT.test(attempt) || !COUNT.test(epoch)) return undefined;
  const reference = { kind, runId, deliveryId, attempt: Number(attempt), epoch: Number(epoch) };
  return violationsOf(reference).length === 0 ? reference : undefined;
}

const isKind = (text: string): text is ReferenceKind => Object.hasOwn(REFERENCE_KINDS, text);

function violationsOf(reference: Reference): Violation[] {
  const violations: Violation[] = [];
  if (!isKind(reference.kind)) violations.push({ field: 'kind', reason: 'not one of d, r, w, c, t' });
  if (!RUN_ID.test(reference.runId)) violations.push({ field: 'runId', reason: 'not 1-48 of [A-Za-z0-9_-]' });
  if (!UUID.test(reference.deliveryId)) violations.push({ field: 'deliveryId', reason: 'not a lower-case UUID' });
  if (!Number.isSafeInteger(reference.attempt) || reference.attempt < 1 || reference.attempt > 999)
    violations.push({ field: 'attempt', reason: 'not 1-999' });
  if (!Number.isSafeInteger(reference.epoch) || reference.epoch < 0) violations.push({ field: 'epoch', reason: 'not a count' });
  return violations;
}
