/** One Strimzi KafkaTopic per catalogue entry: file name → YAML. */
export function* topicManifests(topics) {
  for (const topic of topics) {
    const cleanup =
      topic.cleanup === 'compact'
        ? // Tombstones live long enough for a projection that was away over a long weekend.
          `    cleanup.policy: compact\n    delete.retention.ms: ${7 * 86_400_000}\n    min.cleanable.dirty.ratio: 0.1\n`
        : `    cleanup.policy: delete\n    retention.ms: ${topic.retentionMs}\n`;
    yield [
      `${topic.name}.yaml`,
      `# Generated from the topic catalogue by \`npm run contracts:generate\`. Do not edit.
apiVersion: kafka.strimzi.io/v1
kind: KafkaTopic
metadata:
  name: ${topic.name}
  labels:
    strimzi.io/cluster: daybreak
spec:
  topicName: ${topic.name}
  partitions: ${topic.partitions}
  replicas: 3
  config:
    min.insync.replicas: 2
${cleanup}`,
    ];
  }
}
