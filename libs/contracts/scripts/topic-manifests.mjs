/** One Strimzi KafkaTopic per catalogue entry: file name → YAML. `configOf` is the catalogue's `topicConfig`. */
export function* topicManifests(topics, configOf) {
  for (const topic of topics) {
    const config = { 'min.insync.replicas': 2, ...configOf(topic) };
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
${Object.entries(config)
  .map(([name, value]) => `    ${name}: ${value}\n`)
  .join('')}`,
    ];
  }
}
