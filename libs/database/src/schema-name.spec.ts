import { describe, expect, it } from '@jest/globals';
import { schemaNameOf } from './schema-name.js';

describe(schemaNameOf.name, () => {
  it.each([
    ['sla-tracker', '', 'sla_tracker'],
    ['sla-tracker', 'ns', 'ns_sla_tracker'],
    ['sender', 'cell-2', 'cell_2_sender'],
  ])('%s in the namespace "%s" is %s', (service, namespace, schema) => {
    expect(schemaNameOf(service, namespace)).toBe(schema);
  });

  it.each([
    ['a quote', 'sender"', ''],
    ['upper case', 'Sender', ''],
    ['nothing', '', ''],
    ['more than PostgreSQL keeps', 'sender', 'n'.repeat(57)],
  ])('refuses %s', (_, service, namespace) => {
    expect(() => schemaNameOf(service, namespace)).toThrow(RangeError);
  });
});
