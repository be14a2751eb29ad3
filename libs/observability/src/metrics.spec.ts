import { describe, expect, it } from '@jest/globals';
import { register } from 'prom-client';
import { metrics } from './metrics.js';

/** Nobody may add a label that grows with the number of people or of messages. */
const BOUNDED_LABELS = new Set([
  ...['run_id', 'run_date', 'state', 'attribution', 'mode', 'reason', 'check'],
  ...['shard_id', 'from_shard_id', 'to_shard_id', 'outcome', 'code_class', 'scope', 'by', 'owner', 'queue'],
  ...['result', 'kind', 'what', 'lane', 'waba_id', 'source', 'command'],
  ...['family', 'language', 'version', 'status', 'step', 'topic'],
]);

describe('metrics', () => {
  const listed = register.getMetricsAsArray();

  it('has one registry and one entry in it per name', () => {
    expect(listed).toHaveLength(Object.keys(metrics).length);
  });

  it.each(listed.map((metric) => [metric.name, metric] as const))('%s is named, explained and labelled as agreed', (name, metric) => {
    const { type, labelNames } = metric as unknown as { type: string; labelNames: string[] };

    expect(name).toMatch(/^daybreak_[a-z_]+$/);
    expect(metric.help).toMatch(/^[A-Z0-9].*\.$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    expect(labelNames.filter((label) => !BOUNDED_LABELS.has(label))).toEqual([]);
  });
});
