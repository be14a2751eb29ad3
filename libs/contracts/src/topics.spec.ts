import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { topicConfig } from './topic.js';
import { allTopics, topicNamed, topics } from './topics.js';

const manifestsDir = join(import.meta.dirname, '../../../k8s/kafka/topics');
interface Manifest {
  kind: string;
  spec: { topicName: string; partitions: number; replicas: number; config: Record<string, unknown> };
}
const manifests = readdirSync(manifestsDir).map((file) => ({
  file,
  manifest: parse(readFileSync(join(manifestsDir, file), 'utf8')) as Manifest,
}));

describe('the topic catalogue', () => {
  it('has exactly one KafkaTopic manifest per entry, and no manifest without an entry', () => {
    expect(manifests.map((m) => m.manifest.spec.topicName).sort()).toEqual(allTopics.map((t) => t.name).sort());
  });

  it.each(allTopics.map((t) => [t.name, t] as const))('deploys %s with its partitions and its configuration', (name, topic) => {
    const found = manifests.find((m) => m.file === `${name}.yaml`)?.manifest;

    expect(found).toMatchObject({ kind: 'KafkaTopic', spec: { partitions: topic.partitions, config: topicConfig(topic) } });
    if (topic.cleanup === 'delete') expect(found?.spec.config['retention.ms']).toBe(topic.retentionMs);
  });

  it('names every topic daybreak.<noun>.<event>.v<n>, once', () => {
    expect(new Set(allTopics.map((t) => t.name)).size).toBe(allTopics.length);
    for (const topic of allTopics) expect(topic.name).toMatch(/^daybreak(\.[a-z]+(-[a-z]+)*){1,2}\.v\d+$/);
  });

  it('gives all delivery topics the same partition count, so that one delivery is on one partition number everywhere', () => {
    const counts = allTopics.filter((t) => t.name.startsWith('daybreak.delivery.')).map((t) => t.partitions);
    expect(new Set(counts)).toEqual(new Set([24]));
  });

  it('finds an entry by its logical name, and nothing by another', () => {
    expect(topicNamed('daybreak.delivery.planned.v1')).toBe(topics.deliveryPlanned);
    expect(topicNamed('daybreak.delivery.planned.v2')).toBeUndefined();
  });
});
