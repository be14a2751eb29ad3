import { describe, expect, it } from '@jest/globals';
import { bodyOf, escapeNonAscii, type WebhookUpdate } from './webhook-update.js';

const number = { id: '106540352242921', displayDigits: '918047180001' };
const aStatus = (id: string, over: Partial<WebhookUpdate> = {}): WebhookUpdate => ({
  wabaId: '1',
  field: 'messages',
  number,
  value: { contacts: [{ wa_id: id }], statuses: [{ id }] },
  atMs: 5_000,
  about: {},
  ...over,
});
const entries = (...updates: WebhookUpdate[]) =>
  (
    JSON.parse(bodyOf(updates)) as {
      entry: { id: string; time?: number; changes: { field: string; value: Record<string, unknown[]> }[] }[];
    }
  ).entry;

describe(bodyOf.name, () => {
  it('puts neighbouring statuses of one number into one value', () => {
    const [entry] = entries(aStatus('a'), aStatus('b'));

    expect(entry?.changes).toHaveLength(1);
    expect(entry?.changes[0]?.value['statuses']).toEqual([{ id: 'a' }, { id: 'b' }]);
    expect(entry?.changes[0]?.value['contacts']).toHaveLength(2);
    expect(entry?.changes[0]?.value['metadata']).toEqual({ display_phone_number: '918047180001', phone_number_id: '106540352242921' });
  });

  it('keeps numbers, kinds and WABAs apart', () => {
    const other = { id: '2', displayDigits: '2' };
    const inbound = aStatus('c', { value: { messages: [{ id: 'c' }] } });

    const all = entries(aStatus('a'), aStatus('b', { number: other }), inbound, aStatus('d', { wabaId: '9' }));

    expect(all.map((e) => [e.id, e.changes.length])).toEqual([
      ['1', 3],
      ['9', 1],
    ]);
  });

  it('leaves the updates as they are, for the next try', () => {
    const first = aStatus('a');

    bodyOf([first, aStatus('b')]);

    expect(first.value['statuses']).toHaveLength(1);
  });

  it('stamps entries of other fields', () => {
    const [entry] = entries({ wabaId: '1', field: 'account_update', value: { event: 'X' }, atMs: 7_900, about: {} });

    expect(entry).toEqual({ id: '1', time: 7, changes: [{ field: 'account_update', value: { event: 'X' } }] });
  });
});

describe(escapeNonAscii.name, () => {
  it('writes what Meta signs: lower-case escapes, two for a surrogate pair', () => {
    expect(escapeNonAscii('"é हि 🙏"')).toBe('"\\u00e9 \\u0939\\u093f \\ud83d\\ude4f"');
  });

  it('changes nothing that a JSON parser reads', () => {
    const value = { text: 'सुप्रभात 🙏 "x" \\ / \n' };

    expect(JSON.parse(escapeNonAscii(JSON.stringify(value)))).toEqual(value);
  });
});
