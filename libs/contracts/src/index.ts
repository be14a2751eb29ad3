export { topics, allTopics, topicNamed, type TopicName } from './topics.js';
export { topicConfig, type Topic, type Cleanup } from './topic.js';
export { enumWord } from './enum-word.js';
export * from './generated/daybreak/consent/v1/events_pb.js';
export * from './generated/daybreak/content/v1/events_pb.js';
export * from './generated/daybreak/delivery/v1/events_pb.js';
export * from './generated/daybreak/inbound/v1/events_pb.js';
export * from './generated/daybreak/number/v1/events_pb.js';
export {
  AuditRecordedSchema,
  AlertRaisedSchema,
  AlertSeverity,
  DeadLetterSchema,
  ViolationSchema,
} from './generated/daybreak/ops/v1/events_pb.js';
export type { AuditRecorded, AlertRaised, DeadLetter, Violation as DeadLetterViolation } from './generated/daybreak/ops/v1/events_pb.js';
export * from './generated/daybreak/recipient/v1/events_pb.js';
export * from './generated/daybreak/reply/v1/events_pb.js';
export * from './generated/daybreak/run/v1/events_pb.js';
export * from './generated/daybreak/shard/v1/events_pb.js';
export * from './generated/daybreak/template/v1/events_pb.js';
