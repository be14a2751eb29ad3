/** What the ledger says of an update, however often it is posted. */
export interface About {
  readonly to?: string;
  readonly from?: string;
  readonly reference?: string | undefined;
  readonly wamid?: string;
  readonly status?: string;
  readonly code?: number;
  readonly template?: string | undefined;
  readonly language?: string | undefined;
}

/** One thing that apps are told. Neighbouring `messages` updates of one number may share a `value`; all others have their own. */
export interface WebhookUpdate {
  readonly wabaId: string;
  readonly field: string;
  /** Absent where the field is not about one number. */
  readonly number?: { readonly id: string; readonly displayDigits: string };
  /** `statuses` or `messages` with one item each, or the whole value of another field. */
  readonly value: Readonly<Record<string, unknown>>;
  /** Epoch ms of what happened. */
  readonly atMs: number;
  readonly about: About;
  /** Told how posting went. */
  readonly onPosted?: (state: PostState) => void;
}

export type PostState = 'DELIVERED' | 'FAILED' | 'RETRYING';

/** An app's callback. */
export interface Destination {
  readonly appId: string;
  readonly url: string;
  /** Signs the body. */
  readonly appSecret: string;
}

type Value = Record<string, unknown>;

/** The body of one POST: entries by WABA, and neighbouring updates of one number in one `value`, as Meta packs them. */
export function bodyOf(updates: readonly WebhookUpdate[]): string {
  const entries: { id: string; time?: number; changes: { value: Value; field: string }[] }[] = [];
  let previous: WebhookUpdate | undefined;
  for (const update of updates) {
    let entry = entries.at(-1);
    if (entry?.id !== update.wabaId) {
      entry = { id: update.wabaId, ...(update.field === 'messages' ? {} : { time: Math.floor(update.atMs / 1_000) }), changes: [] };
      entries.push(entry);
    }
    const last = entry.changes.at(-1);
    if (last !== undefined && previous !== undefined && shareValue(previous, update)) append(last.value, update.value);
    else entry.changes.push({ value: valueOf(update), field: update.field });
    previous = update;
  }
  return escapeNonAscii(JSON.stringify({ object: 'whatsapp_business_account', entry: entries }));
}

const shareValue = (a: WebhookUpdate, b: WebhookUpdate): boolean =>
  a.field === 'messages' &&
  b.field === 'messages' &&
  a.number?.id === b.number?.id &&
  a.wabaId === b.wabaId &&
  'statuses' in a.value === 'statuses' in b.value;

function valueOf({ number, value }: WebhookUpdate): Value {
  if (number === undefined) return { ...value };
  const copied = Object.entries(value).map(([key, items]) => [key, Array.isArray(items) ? [...(items as unknown[])] : items] as const);
  return {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: number.displayDigits, phone_number_id: number.id },
    ...Object.fromEntries(copied),
  };
}

function append(into: Value, value: Readonly<Value>): void {
  for (const [key, items] of Object.entries(value)) {
    if (Array.isArray(items) && Array.isArray(into[key])) (into[key] as unknown[]).push(...(items as unknown[]));
    else into[key] = items;
  }
}

// eslint-disable-next-line no-control-regex -- exactly the characters that need no escaping
const NON_ASCII = /[^\x00-\x7f]/g;

/** Meta signs and sends JSON whose non-ASCII characters are lower-case `\uXXXX` escapes; surrogate pairs become two of them. */
export const escapeNonAscii = (json: string): string =>
  json.replace(NON_ASCII, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
