import { Counter, Gauge, Histogram } from 'prom-client';

/*
 * Every metric of the system. A dashboard or an alert may query only what is listed here. Base units, `_total` for counters, one
 * prefix. Labels are bounded sets: a shard id, a topic, an outcome; never a recipient, a delivery, a wamid, a free text.
 * Counters serve rates. Truth about a run comes from Postgres, through the gauges `daybreak_run_*`.
 */
const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> =>
  new Counter({ name, help, labelNames: [...labelNames] });
const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []): Gauge<L> =>
  new Gauge({ name, help, labelNames: [...labelNames] });
const histogram = <L extends string>(name: string, help: string, buckets: readonly number[], labelNames: readonly L[] = []): Histogram<L> =>
  new Histogram({ name, help, labelNames: [...labelNames], buckets: [...buckets] });

const HTTP_SECONDS = [0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10];
const ACK_SECONDS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5]; // Meta wants a median of 250 ms and under 1 % above 1 s
const BATCH_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15];
const LAG_SECONDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3_600, 86_400];

/** Every metric of Daybreak’s own. Units are in the names: seconds, bytes, ratio, total. No label holds a person or a message. */
export const metrics = {
  // A run, from Postgres (sla-tracker, scheduler)
  runRecipients: gauge(
    'daybreak_run_recipients',
    'Recipients of a run by state: eligible, accepted_on_time, sent_on_time, delivered_on_time, failed and the rest.',
    ['run_id', 'run_date', 'state'],
  ),
  runWindowElapsed: gauge(
    'daybreak_run_window_elapsed_seconds',
    'Time since the send window of the current run opened, by the run clock; negative before.',
    ['run_id'],
  ),
  runState: gauge('daybreak_run_state', '1 for the state a run is in.', ['run_id', 'state']),
  runSloMet: gauge('daybreak_run_slo_met', '1 when the sealed run met its objective, 0 when not.', ['run_date']),
  runProjectedRatio: gauge('daybreak_run_projected_ratio', 'Projected on-time ratio at the deadline, 0 to 1.', ['run_id']),
  runMisses: gauge('daybreak_run_misses', 'Recipients not on time by who is answerable: ours, platform, recipient, not_eligible.', [
    'run_id',
    'attribution',
  ]),
  planDuration: histogram(
    'daybreak_plan_duration_seconds',
    'Time to make, store and publish the plan of a run.',
    [0.1, 0.5, 1, 2, 5, 10, 30, 60, 120],
  ),
  plannedDeliveries: counter('daybreak_planned_deliveries_total', 'Deliveries planned, by shard and mode.', ['shard_id', 'mode']),
  notPlanned: counter('daybreak_not_planned_recipients_total', 'Recipients left out of a plan, by reason.', ['reason']),
  readinessChecks: gauge('daybreak_readiness_check', 'Last result of one readiness check: 1 ok, 0.5 degraded, 0 failed, -1 unknown.', [
    'check',
  ]),

  // Sending (sender)
  sendAttempts: counter('daybreak_send_attempts_total', 'POSTs to the Cloud API, by outcome and class of error code.', [
    'shard_id',
    'outcome',
    'code_class',
  ]),
  sendDuration: histogram('daybreak_send_duration_seconds', 'Time from writing the request to its full answer.', HTTP_SECONDS, [
    'shard_id',
  ]),
  sendInflight: gauge('daybreak_send_inflight', 'Requests on the wire now.', ['shard_id']),
  sendDueError: histogram(
    'daybreak_send_due_error_seconds',
    'How far after its due instant a POST started.',
    [0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 5, 30],
    ['shard_id'],
  ),
  deliveriesSettled: counter('daybreak_deliveries_settled_total', 'Deliveries that reached an end in the sender, by shard and state.', [
    'shard_id',
    'state',
  ]),
  deliveriesStaged: gauge('daybreak_deliveries_staged', 'Rows staged for the coming window.', ['shard_id']),
  shardQueueDue: gauge('daybreak_shard_queue_due', 'Rows due now and not yet claimed.', ['shard_id']),
  throttleRate: gauge('daybreak_throttle_rate_messages_per_second', 'Rate the throttle allows now.', ['shard_id']),
  throttleMaximum: gauge('daybreak_throttle_maximum_messages_per_second', 'Rate that the number could send at if nothing held it back.', [
    'shard_id',
  ]),
  throttleUtilisation: gauge('daybreak_throttle_utilisation_ratio', 'Share of the allowed rate that was used in the last second, 0 to 1.', [
    'shard_id',
  ]),
  wabaRate: gauge(
    'daybreak_waba_rate_messages_per_second',
    'Rates of all numbers of a business account together, by what: maximum, available, used. The same in every pod.',
    ['waba_id', 'what'],
  ),
  wabaUtilisation: gauge('daybreak_waba_utilisation_ratio', 'Share of what a business account may send that was used in the last second.', [
    'waba_id',
  ]),
  wabaPortfolioStarted: gauge(
    'daybreak_waba_portfolio_started_recipients',
    'Recipients started today by the portfolio that the account belongs to. The same in every pod.',
    ['waba_id'],
  ),
  wabaPortfolioLimit: gauge(
    'daybreak_waba_portfolio_limit_recipients',
    'Unique recipients that the portfolio of the account may start in 24 hours; absent: no limit, or not known.',
    ['waba_id'],
  ),
  throttleWait: histogram(
    'daybreak_throttle_wait_seconds',
    'Time a claimed delivery waited for its slot.',
    [0.001, 0.01, 0.05, 0.1, 0.5, 1, 5, 15],
    ['shard_id'],
  ),
  breakerOpen: gauge('daybreak_breaker_open', '1 while a breaker is open, by what it stops: template, shard, account, token, campaign.', [
    'shard_id',
    'scope',
  ]),
  ambiguousSends: gauge('daybreak_ambiguous_sends', 'Attempts whose outcome is unknown now.', ['shard_id']),
  ambiguousResolved: counter(
    'daybreak_ambiguous_resolved_total',
    'Ambiguous attempts settled, by what settled them: webhook, timeout, response.',
    ['by'],
  ),
  ambiguousResent: counter(
    'daybreak_ambiguous_resend_total',
    'Ambiguous attempts that the policy sends again, because no webhook came. The others that it settles are given up.',
    ['shard_id'],
  ),
  duplicateAccepts: counter('daybreak_duplicate_accepts_total', 'Deliveries accepted more than once by the Cloud API. Must stay 0.'),
  postsAfterOptOut: counter(
    'daybreak_posts_after_opt_out_total',
    'POSTs started more than a second after the opt-out was known. Must stay 0.',
  ),
  shardEpoch: gauge('daybreak_shard_epoch', 'Epoch of the lease this process holds.', ['shard_id']),
  shardOwner: gauge('daybreak_shard_owner_info', '1 on the process that owns the shard.', ['shard_id', 'owner']),
  leaseRenewFailures: counter('daybreak_lease_renew_failures_total', 'Lease renewals that failed.', ['shard_id']),
  deliveriesMoved: counter('daybreak_deliveries_moved_total', 'Deliveries handed to another shard.', ['from_shard_id', 'to_shard_id']),
  mediaUploads: counter('daybreak_media_uploads_total', 'Media uploads to the Cloud API, by outcome.', ['shard_id', 'outcome']),
  queueJobs: gauge('daybreak_queue_jobs', 'Jobs of a BullMQ queue, by state.', ['queue', 'state']),
  queueCanaryAge: gauge(
    'daybreak_queue_canary_age_seconds',
    'Time since the worker of a queue last took its canary job; one is added every 30 s.',
    ['queue'],
  ),

  // Webhooks (ingest)
  webhookRequests: counter(
    'daybreak_webhook_requests_total',
    'Webhook POSTs, by result: accepted, spooled, bad_client, bad_signature, malformed, too_large, unavailable.',
    ['result'],
  ),
  webhookAckDuration: histogram('daybreak_webhook_ack_duration_seconds', 'Time from the whole body to our answer.', ACK_SECONDS, [
    'result',
  ]),
  webhookEvents: counter('daybreak_webhook_events_total', 'Events found in webhooks, by kind.', ['kind']),
  webhookUnknown: counter(
    'daybreak_webhook_unknown_total',
    'Webhook fields, statuses and codes that are not known yet, by what was unknown. Kept, never an error.',
    ['what'],
  ),
  webhookEventLag: histogram('daybreak_webhook_event_lag_seconds', 'From the stamp of Meta to the arrival at the edge.', LAG_SECONDS, [
    'kind',
  ]),
  webhookBuffered: gauge('daybreak_webhook_buffered_events', 'Events waiting at the edge for Kafka to acknowledge them.', ['lane']),
  webhookSpoolDepth: gauge('daybreak_webhook_spool_events', 'Events in the spool, waiting for Kafka.'),
  webhookSpoolAge: gauge('daybreak_webhook_spool_oldest_age_seconds', 'Age of the oldest event in the spool; 0 when empty.'),
  webhookCompleteness: gauge(
    'daybreak_webhook_completeness_ratio',
    'Messages with a first status against messages that were accepted, in five minutes that are settled, by WABA.',
    ['waba_id'],
  ),
  webhookSubscription: gauge(
    'daybreak_webhook_subscription',
    '1 when the WABA sends its webhooks to us, 0 when to another address, -1 when it could not be read.',
    ['waba_id'],
  ),
  webhookResubscribed: counter('daybreak_webhook_resubscribed_total', 'WABAs subscribed again, because they were not or as ordered.', [
    'waba_id',
  ]),
  consentChanges: counter('daybreak_consent_changes_total', 'Consent ledger entries, by source and resulting state.', ['source', 'state']),
  consentDirectFailures: counter(
    'daybreak_consent_direct_failures_total',
    'Changes of consent that the direct path to the senders did not take.',
  ),
  inboundCommands: counter('daybreak_inbound_commands_total', 'Inbound messages that were a command, by command.', ['command']),

  cloudApiAppUsage: gauge(
    'daybreak_cloud_api_app_usage_ratio',
    'Share of the calls of the app that Meta counts as used, 0 to 1; 0 while Meta says nothing.',
  ),

  // Status fold (sla-tracker)
  statusEventsFolded: counter('daybreak_status_events_folded_total', 'Status events applied to deliveries.'),
  statusRegressionsIgnored: counter('daybreak_status_regressions_ignored_total', 'Statuses that lay behind what was known already.'),
  statusEventsDropped: counter('daybreak_status_events_dropped_total', 'Statuses that were not folded, by reason.', ['reason']),
  statusOrphans: gauge('daybreak_status_orphans', 'Statuses whose delivery is not known yet.'),

  // Templates and phone numbers (template-manager, quality-monitor)
  templateStatus: gauge('daybreak_template_status', '1 for the status a template version is in.', [
    'family',
    'language',
    'version',
    'status',
  ]),
  phoneQualityRating: gauge('daybreak_phone_quality_rating', 'Quality rating of a number: 3 green, 2 yellow, 1 red, 0 unknown.', [
    'shard_id',
  ]),
  shardAllowedRate: gauge('daybreak_shard_allowed_rate_messages_per_second', 'Rate the quality monitor allows a number.', ['shard_id']),
  shardState: gauge('daybreak_shard_state', '1 for the state a shard is in.', ['shard_id', 'state']),
  playbookSteps: counter('daybreak_playbook_steps_total', 'Steps of the quality playbook taken, by step.', ['step']),

  // Kafka and the outbox (every service)
  busEvents: counter('daybreak_bus_events_total', 'Events consumed, by topic and result: handled, dead_lettered.', ['topic', 'result']),
  busBatchDuration: histogram('daybreak_bus_batch_duration_seconds', 'Time a handler took for one batch.', BATCH_SECONDS, ['topic']),
  busEventLag: histogram('daybreak_bus_event_lag_seconds', 'From the publishing of an event to its batch being handled.', LAG_SECONDS, [
    'topic',
  ]),
  busPartitionsPaused: gauge('daybreak_bus_partitions_paused', 'Partitions that wait because a store is away.', ['topic']),
  busPublished: counter('daybreak_bus_published_total', 'Events acknowledged by Kafka.', ['topic']),
  busPublishDuration: histogram('daybreak_bus_publish_duration_seconds', 'Time Kafka took to acknowledge one batch.', BATCH_SECONDS),
  outboxRows: gauge('daybreak_outbox_rows', 'Events in the outbox, waiting for the relay.'),
  outboxOldestAge: gauge('daybreak_outbox_oldest_age_seconds', 'Age of the oldest event in the outbox; 0 when empty.'),
  deadLetters: counter('daybreak_dead_letters_total', 'Events sent to the dead-letter topic, by the topic they came from.', ['topic']),
  accessRefused: counter('daybreak_access_refused_total', 'Calls of an operator API that were refused, by HTTP status.', ['status']),
  databasePool: gauge('daybreak_database_pool_connections', 'Connections of the pool, by state: total, idle, waiting.', ['state']),
} as const;
