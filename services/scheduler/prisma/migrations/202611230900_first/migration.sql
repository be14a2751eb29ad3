-- Ids are compared byte by byte ("C"): the order of a plan must not depend on the server's locale.

-- Who there is. A later event replaces an earlier one.
create table recipient (
  recipient_id text collate "C" primary key,
  tenant_id text not null,
  language text not null,
  segments text[] not null,
  delivery_mode text not null,
  -- AES-256-GCM, bound to recipient_id. Null for a recipient without a phone number.
  sealed_address bytea,
  address_key text,
  body_parameters jsonb not null,
  updated_at timestamptz not null
);

create table consent (
  recipient_id text collate "C" primary key,
  -- By purpose: { state, sinceMs, pausedUntilMs? }
  purposes jsonb not null,
  version bigint not null
);

-- Approved packs only; what was rejected never gets here.
create table content_pack (
  content_pack_id text collate "C" primary key,
  tenant_id text not null,
  -- Null for a fallback pack that serves any date.
  run_date date,
  language text not null,
  audience text not null check (audience in ('all', 'segment', 'recipients', 'fallback')),
  segment text,
  critical boolean not null,
  parts jsonb not null,
  body_parameters jsonb not null,
  content_hash text not null,
  approved_by text not null,
  approved_at timestamptz not null,
  approval_reference text not null,
  published_at timestamptz not null,
  taken_at timestamptz not null default clock_timestamp()
);
create index content_pack_of_date on content_pack (tenant_id, run_date);

create table content_pack_recipient (
  recipient_id text collate "C" not null,
  content_pack_id text collate "C" not null references content_pack on delete cascade,
  primary key (recipient_id, content_pack_id)
);

-- Apart from the packs: a withdrawal may arrive before its pack.
create table content_pack_withdrawal (
  content_pack_id text collate "C" primary key,
  reason text not null,
  withdrawn_by text not null,
  withdrawn_at timestamptz not null
);

create table template_version (
  family text not null,
  language text not null,
  template_version text not null,
  name text not null,
  role text not null check (role in ('active', 'standby', 'none')),
  -- [{ wabaId, status, category }]
  wabas jsonb not null,
  body_parameter_names text[] not null,
  named_parameters boolean not null,
  has_image_header boolean not null,
  quick_reply_payloads text[] not null,
  version bigint not null,
  primary key (family, language, template_version)
);

create table shard (
  shard_id text collate "C" primary key,
  phone_number_id text not null,
  waba_id text not null,
  business_portfolio_id text not null,
  mode text not null,
  -- Messages per second.
  allowed_rate double precision not null,
  weight double precision not null,
  -- Unique recipients a day; 0: no cap of its own.
  daily_cap bigint not null,
  version bigint not null
);

create table waba (
  waba_id text collate "C" primary key,
  business_portfolio_id text not null,
  mode text not null,
  -- Unique recipients per moving 24 h; -1 unlimited, 0 unknown.
  portfolio_messaging_limit bigint not null,
  version bigint not null
);

create table shard_report (
  shard_id text collate "C" primary key,
  run_id text not null,
  staged bigint not null,
  media_ready integer not null,
  media_needed integer not null,
  statistics_fresh boolean not null,
  paused boolean not null,
  breakers text[] not null,
  reported_at timestamptz not null
);

create table readiness_fact (
  check_id text collate "C" primary key,
  state text not null check (state in ('ok', 'degraded', 'failed', 'unknown')),
  detail text not null,
  observed_at timestamptz not null,
  -- Null: does not grow stale.
  stale_at timestamptz
);

-- One window of one tenant: the row that all replicas agree on. Whoever holds its lock acts.
create table run (
  run_id text collate "C" primary key,
  tenant_id text not null,
  run_date date not null,
  state text not null check (state in ('OPEN', 'FROZEN', 'STAGED', 'RUNNING', 'CLOSED')),
  version bigint not null,
  time_zone text not null,
  freeze_at timestamptz not null,
  staged_by timestamptz not null,
  opens_at timestamptz not null,
  first_attempts_end_at timestamptz not null,
  closes_at timestamptz not null,
  deadline_at timestamptz not null,
  live_seal_at timestamptz not null,
  final_seal_at timestamptz not null,
  objective double precision not null,
  sla_stage text not null check (sla_stage in ('sent', 'delivered')),
  jitter_seed text not null,
  plan_hash text,
  planned bigint not null default 0,
  fallback bigint not null default 0,
  -- [{ reason, recipients }] and [{ shardId, deliveries }]
  exclusions jsonb not null default '[]',
  shards jsonb not null default '[]',
  -- { verdict, reasons[], judgedAtMs }, and how many of the gates were passed
  readiness jsonb,
  gates_passed integer not null default 0,
  changed_at timestamptz not null
);
create index run_not_closed on run (opens_at) where state <> 'CLOSED';

-- The frozen plan. No address in it; the key is here so that the database itself keeps one phone to one message. No foreign key to the
-- run either: whoever writes here holds its row, and a check per row would double the time of a plan.
create table planned_delivery (
  run_id text collate "C" not null,
  recipient_id text collate "C" not null,
  delivery_id uuid not null,
  -- Null once the recipient was erased.
  address_key text,
  shard_id text collate "C" not null,
  business_portfolio_id text not null,
  content_pack_id text collate "C" not null,
  content_hash text not null,
  fallback boolean not null,
  critical boolean not null,
  language text not null,
  delivery_mode text not null,
  template_family text not null,
  template_version text not null,
  standby_template_version text,
  -- Binds the values that go into the template without showing them.
  parameters_sha256 text not null,
  due_at timestamptz(3) not null,
  primary key (run_id, recipient_id),
  unique (run_id, address_key)
);

-- Who is not in the plan, and why: the answer to "why did this advisor get nothing".
create table plan_exclusion (
  run_id text collate "C" not null,
  recipient_id text collate "C" not null,
  reason text not null,
  primary key (run_id, recipient_id)
);

-- As @daybreak/database wants them.
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
