-- Runs as the scheduler announces them. A projection of run.changed.
create table run (
  run_id text primary key,
  tenant_id text not null,
  run_date date not null,
  version bigint not null,
  state text not null check (state in ('OPEN', 'FROZEN', 'STAGED', 'RUNNING', 'CLOSED')),
  freeze_at timestamptz not null,
  staged_by timestamptz not null,
  opens_at timestamptz not null,
  first_attempts_end_at timestamptz not null,
  closes_at timestamptz not null,
  deadline_at timestamptz not null,
  live_seal_at timestamptz not null,
  final_seal_at timestamptz not null,
  time_zone text not null,
  objective double precision not null,
  sla_stage text not null check (sla_stage in ('sent', 'delivered')),
  eligible bigint not null,
  planned bigint not null,
  fallback bigint not null,
  exclusions jsonb not null, -- [{reason, recipients}]: who is not in the plan
  readiness jsonb, -- {verdict, reasons, judgedAt}
  changed_at timestamptz not null
);
create index run_live_seal_at on run (live_seal_at);

-- The figures of a run at its two seals. Written once: the role can neither change nor remove them.
create table seal (
  run_id text not null references run,
  kind text not null check (kind in ('live', 'final')),
  sealed_at timestamptz not null, -- by the run's clock
  report json not null, -- not jsonb: answered for ever as it was written
  digest text not null, -- SHA-256 of the report's canonical form; the audit log holds it too
  primary key (run_id, kind)
);

-- One row per delivery: all that is known of it, and what that comes to. Partitioned by day, see open_day(). The key begins with
-- the delivery: led by the day, it would look to a planner without statistics like a way to read few rows.
create table delivery (
  run_date date not null,
  delivery_id uuid not null,
  run_id text not null,
  -- Everything observed, folded; the columns below are derived from it with every change, for queries.
  record jsonb not null,
  planned boolean not null,
  recipient_id text,
  shard_id text,
  fallback boolean not null,
  state text not null, -- the sender's word
  status text, -- Meta's word: of the best attempt
  outcome text not null, -- accepted, failed, suppressed, expired or unresolved: exactly one
  public_status text not null,
  reason text,
  blame text,
  error_code integer,
  posts smallint not null, -- attempts that left us
  rate_limited smallint not null, -- of those, refused with 130429
  acceptances smallint not null, -- attempts that became a message; more than one is a duplicate
  phone_number_id text, -- of the message
  first_post_at timestamptz,
  last_post_at timestamptz,
  accepted_started_at timestamptz, -- start of the POST that was accepted
  sent_at timestamptz, -- first proof that it was sent: Meta's stamp of sent, delivered or read
  delivered_at timestamptz, -- first proof that it was delivered
  read_at timestamptz,
  failed_at timestamptz,
  primary key (delivery_id, run_date)
) partition by list (run_date);
create index delivery_run on delivery (run_id);

-- Raw events as they came, kept for timelines and for whoever doubts the fold.
create table delivery_event (
  run_date date not null,
  delivery_id uuid not null,
  event_id text not null,
  topic text not null,
  payload bytea not null, -- protobuf
  recorded_at timestamptz not null default clock_timestamp(),
  primary key (delivery_id, event_id, run_date)
) partition by list (run_date);

-- Makes the partitions of a day; the service's role has no DDL. Dropping them is how a day is forgotten.
create function open_day(day date) returns void language plpgsql security definer set search_path from current as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(current_schema() || '.open_day', 0));
  -- Rows change up to ten times within minutes: room on the page keeps the updates off the indexes.
  execute format('create table if not exists %I partition of delivery for values in (%L) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.5)',
    'delivery_' || to_char(day, 'YYYYMMDD'), day);
  execute format('create table if not exists %I partition of delivery_event for values in (%L)', 'delivery_event_' || to_char(day, 'YYYYMMDD'), day);
end $$;

-- Which delivery a message is of, by its keyed hash: for statuses that come without our reference.
create table message (
  wamid_hash text primary key,
  run_id text not null,
  delivery_id uuid not null,
  attempt smallint not null,
  epoch bigint not null,
  known_since timestamptz not null default clock_timestamp()
);
create index message_known_since on message using brin (known_since);

-- Statuses of messages that we do not know (yet): a status may beat our own record of the answer.
create table status_orphan (
  event_id text primary key,
  wamid_hash text not null,
  payload bytea not null,
  parked_at timestamptz not null default clock_timestamp()
);
create index status_orphan_wamid_hash on status_orphan (wamid_hash);

-- Every opt-out and pause as it happened; a later opt-in does not remove it. Decides who left a run's denominator.
create table opt_out (
  recipient_id text not null,
  opted_out_at timestamptz not null,
  primary key (recipient_id, opted_out_at)
);
create index opt_out_opted_out_at on opt_out (opted_out_at);

-- Numbers as their owner reports them and as the quality-monitor judges them. Projections of shard.reported and shard.state.
create table shard_report (
  shard_id text primary key,
  phone_number_id text not null,
  run_id text not null,
  owner text not null,
  epoch bigint not null,
  staged bigint not null,
  waiting bigint not null,
  in_flight bigint not null,
  ambiguous bigint not null,
  settled bigint not null,
  allowed_rate double precision not null,
  actual_rate double precision not null,
  paused boolean not null,
  breakers jsonb not null,
  reported_at timestamptz not null
);
create table shard_state (
  shard_id text primary key,
  phone_number_id text not null,
  role text not null,
  mode text not null,
  allowed_rate double precision not null,
  until timestamptz,
  reason text not null,
  quality_rating text not null,
  display_suffix text not null,
  version bigint not null
);

-- Who did what. Each row carries the hash of the one before it; the role can only add.
create table audit_log (
  seq bigint primary key,
  audit_id text not null unique,
  actor text not null,
  action text not null,
  object text not null,
  before_digest text not null,
  after_digest text not null,
  details jsonb not null,
  recorded_at timestamptz not null,
  previous_hash text not null,
  hash text not null
);

do $$ begin
  execute format('revoke update, delete on seal from %I', current_schema());
  execute format('revoke update, delete on audit_log from %I', current_schema());
end $$;

create table outbox (
  id bigint generated always as identity primary key,
  topic text not null,
  key text not null,
  headers jsonb not null,
  payload bytea, -- null: a tombstone
  created_at timestamptz not null default clock_timestamp()
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000); -- it is nearly always empty, and all of it is churn

create table inbox (
  consumer text not null,
  event_id text not null,
  seen_at timestamptz not null default clock_timestamp(),
  primary key (consumer, event_id)
);
create index inbox_seen_at on inbox using brin (seen_at);
