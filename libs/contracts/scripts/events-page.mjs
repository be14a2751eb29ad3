import { getComments } from '@bufbuild/protoplugin';

const scalarNames = { 1: 'double', 2: 'float', 3: 'int64', 4: 'uint64', 5: 'int32', 8: 'bool', 9: 'string', 12: 'bytes', 13: 'uint32' };
const commentOf = (desc) =>
  (getComments(desc).leading ?? '')
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .trim();
const inCell = (text) => text.replaceAll('\n', ' ').replaceAll('|', '\\|');

function typeOf(field) {
  switch (field.fieldKind) {
    case 'scalar':
      return scalarNames[field.scalar];
    case 'enum':
      return field.enum.name;
    case 'message':
      return field.message.name;
    case 'map':
      return `map<${scalarNames[field.mapKey]}, ${field.mapKind === 'scalar' ? scalarNames[field.scalar] : field.mapKind === 'message' ? field.message.name : field.enum.name}>`;
    default:
      return `${field.listKind === 'scalar' ? scalarNames[field.scalar] : field.listKind === 'enum' ? field.enum.name : field.message.name}[]`;
  }
}

const fieldRows = (message) =>
  message.fields
    .map(
      (field) =>
        `| \`${field.name}\` | ${typeOf(field)}${field.oneof ? ` (one of \`${field.oneof.name}\`)` : ''} | ${inCell(commentOf(field))} |`,
    )
    .join('\n');

function parts(message, seen = new Set()) {
  for (const field of message.fields) {
    const part = field.message ?? field.enum;
    if (part && !part.typeName.startsWith('google.') && !seen.has(part)) {
      seen.add(part);
      if (part.kind === 'message') parts(part, seen);
    }
  }
  return seen;
}

const partSection = (part) =>
  part.kind === 'enum'
    ? `\n\`${part.name}\`: ${commentOf(part).replaceAll('\n', ' ')} ${part.values
        .filter((v) => v.number > 0)
        .map((v) => `\`${v.name}\``)
        .join(', ')}\n`
    : `\n\`${part.name}\`${commentOf(part) ? `: ${commentOf(part).replaceAll('\n', ' ')}` : ''}\n\n| field | type | meaning |\n|---|---|---|\n${fieldRows(part)}\n`;

/** docs/events.md: what every topic carries, in the words of the proto files. */
export function eventsPage(topics, registry) {
  const sections = topics.map((topic) => {
    const message = registry.getMessage(topic.schema.typeName);
    return `## ${topic.name}

${commentOf(message)
  .replace(/\n*Topic: .*$/s, '')
  .trim()}

| | |
|---|---|
| value | \`${message.typeName}\` |
| key | \`${topic.keyName}\` |
| kind | ${topic.cleanup === 'compact' ? 'state, compacted; a tombstone means gone' : `fact, kept ${topic.retentionMs / 86_400_000} days`} |
| partitions | ${topic.partitions} |
| from → to | ${topic.from.join(', ')} → ${topic.to.join(', ')} |

| field | type | meaning |
|---|---|---|
${fieldRows(message)}
${[...parts(message)].map(partSection).join('')}`;
  });
  return `<!-- Generated from proto/ and the topic catalogue by \`npm run contracts:generate\`. Do not edit. -->
# Events

For the teams that publish to Daybreak and those that consume from it.

- The value is protobuf (\`content-type: application/protobuf\`). \`daybreak.content-pack.ready.v1\` and \`daybreak.recipient.upserted.v1\` may also be
  published as the message's canonical JSON (\`content-type: application/json\`).
- Key and headers are plain ASCII. Headers: \`ce_id\` (unique per event; a repeated one is taken once), \`ce_type\` (the message's full name), \`ce_time\`,
  \`content-type\`, \`traceparent\` (optional). A missing \`ce_id\` is replaced by topic, partition and offset.
- Delivery is at least once. Consumers of states keep the newest by \`version\`; consumers of facts keep the \`ce_id\`.
- What does not decode or validate goes to \`daybreak.dead-letter.v1\` with topic, offset, field and reason; a content pack also to \`daybreak.content-pack.rejected.v1\`.
- Fields are only ever added. A change of meaning is a new topic, \`…v2\`, published beside the old one until the last consumer has moved.
- With a namespace, every topic's name is \`<namespace>.<name>\`.

## The content hash

\`content_hash\` is the lower-case hex SHA-256 of a JSON text with sorted keys and no white space: \`audience\`, \`body_parameters\`, \`content_pack_id\`, \`criticality\`,
\`language\`, \`parts\` (each \`kind\`, \`media_type\`, \`sha256\`, \`size_bytes\`, \`text\`), \`run_date\`, \`tenant_id\`, as in the protobuf JSON mapping with the proto's field names,
\`size_bytes\` as a number and empty fields left out. The \`url\` is not part of it: the bytes are bound by their own \`sha256\`, wherever they are served from.

${sections.join('\n')}`;
}
