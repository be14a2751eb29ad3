import type { PlanInputs } from '../plan/plan-inputs.js';

/** Facts without which nobody knows whether a run can go: one set per number, per WABA and per language that has a pack. */
export function expectedChecks(inputs: PlanInputs, directFamily: string): string[] {
  const wabas = new Set(inputs.shards.map((shard) => shard.wabaId));
  const languages = new Set(inputs.packs.map((pack) => pack.language));
  return [
    ...inputs.shards.map((shard) => `number-connected/${shard.shardId}`),
    ...[...wabas].flatMap((wabaId) => [`token/${wabaId}`, `webhook-subscription/${wabaId}`]),
    ...[...languages].map((language) => `template-approved/${directFamily}.${language}`),
  ].sort();
}
