import { describe, expect, it } from '@jest/globals';
import { sha256Hex } from '@daybreak/kernel';
import { aPlannedRow } from '../../test/plan.factory.js';
import { parametersSha256, planLine, PlanHash, type PlannedRow } from './plan-line.js';

const hashOf = (...batches: PlannedRow[][]): string => {
  const hash = new PlanHash();
  for (const batch of batches) hash.add(batch);
  return hash.digest();
};

describe(PlanHash.name, () => {
  const rows = ['adv-1', 'adv-2', 'adv-3'].map((recipientId) => aPlannedRow({ recipientId }));

  it('is the SHA-256 of the lines, however they are batched', () => {
    const [first, ...rest] = rows as [PlannedRow, ...PlannedRow[]];

    expect(hashOf(rows)).toBe(sha256Hex(rows.map(planLine).join('')));
    expect(hashOf([first], rest)).toBe(hashOf(rows));
  });

  it.each<[string, Partial<PlannedRow>]>([
    ['recipient', { recipientId: 'adv-9' }],
    ['number', { shardId: 'shard-2' }],
    ['pack', { contentPackId: 'pack-2' }],
    ['content', { contentHash: 'e'.repeat(64) }],
    ['fallback', { fallback: true }],
    ['criticality', { critical: true }],
    ['language', { language: 'hi' }],
    ['mode', { deliveryMode: 'nudge' }],
    ['template', { templateVersion: 'v3' }],
    ['standby', { standbyTemplateVersion: undefined }],
    ['parameters', { parametersSha256: 'f'.repeat(64) }],
    ['due instant', { dueAt: new Date(1) }],
  ])('changes with the %s of any delivery', (_, over) => {
    expect(hashOf([aPlannedRow(over)])).not.toBe(hashOf([aPlannedRow()]));
  });

  it('has one line per delivery, sorted keys, instants in UTC', () => {
    expect(planLine(aPlannedRow({ dueAt: new Date('2026-11-22T00:29:30.125Z') }))).toBe(
      `{"content_hash":"${'c'.repeat(64)}","content_pack_id":"pack-en","critical":false,"delivery_id":"5f0c0a58-3c1e-5c3d-8b43-7f3c9c1d2e3f","delivery_mode":"direct",` +
        `"due_at":"2026-11-22T00:29:30.125Z","fallback":false,"language":"en","parameters_sha256":"${'d'.repeat(64)}","recipient_id":"adv-1","shard_id":"shard-1",` +
        `"standby_template":"daily_pack/v2","template":"daily_pack/v1"}\n`,
    );
  });
});

describe(parametersSha256.name, () => {
  it('does not show that two recipients share a name', () => {
    expect(parametersSha256('delivery-1', { name: 'Asha' })).not.toBe(parametersSha256('delivery-2', { name: 'Asha' }));
    expect(parametersSha256('delivery-1', { name: 'Asha' })).toBe(parametersSha256('delivery-1', { name: 'Asha' }));
  });
});
