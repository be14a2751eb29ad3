/**
 * PostgreSQL on a small machine. Durability is left alone (fsync, synchronous_commit and full_page_writes are on, as by default):
 * a test that kills the store, and a figure that was measured on it, must mean something.
 */
export const POSTGRES_SETTINGS: Readonly<Record<string, string>> = {
  max_connections: '300', // seven services, several sender pods, test workers
  shared_buffers: '256MB',
  max_wal_size: '4GB', // a morning's writes fit between two checkpoints
  checkpoint_timeout: '15min',
  jit: 'off', // short statements only; compiling one costs more than running it
  timezone: 'UTC',
};

/** Redis as production must run it: BullMQ's keys may never be evicted, and a kill may lose at most a second. */
export const REDIS_SETTINGS: Readonly<Record<string, string>> = {
  appendonly: 'yes',
  appendfsync: 'everysec',
  'maxmemory-policy': 'noeviction',
  save: '""', // the append-only file is enough
};

/** One node that is broker and controller. Topics come from the catalogue only, so none is created by a typo. */
export const KAFKA_SETTINGS: Readonly<Record<string, string>> = {
  'node.id': '1',
  'process.roles': 'broker,controller',
  'controller.listener.names': 'CONTROLLER',
  'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
  'inter.broker.listener.name': 'PLAINTEXT',
  'auto.create.topics.enable': 'false',
  // A broker that died without a word may come back once its session is over; nine seconds are the default.
  'broker.session.timeout.ms': '3000',
  'broker.heartbeat.interval.ms': '500',
  'group.initial.rebalance.delay.ms': '0', // a test's consumer does not wait for company
  'offsets.topic.num.partitions': '4',
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.num.partitions': '4',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'share.coordinator.state.topic.num.partitions': '4',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  'default.replication.factor': '1',
  'min.insync.replicas': '1',
};
