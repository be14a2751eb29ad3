-- The sender's tables. Instants are of the run's clock, except where a comment says database time.

create type delivery_state as enum ('QUEUED', 'CLAIMED', 'AMBIGUOUS', 'ACCEPTED', 'FAILED', 'SUPPRESSED', 'EXPIRED');

-- One morning, as far as the sender needs it: first known from its deliveries, completed by run.changed.
create table run (
  run_id text primary key,
  tenant_id text not null,
  run_date date not null,
  version bigint not null default 0, -- of run.changed; 0 until one came
  opens_at timestamptz not null,
  first_attempts_end_at timestamptz not null,
  closes_at timestamptz not null,
  deadline_at timestamptz not null,
  live_seal_at timestamptz, -- null until run.changed came
  shares jsonb not null default '{}', -- deliveries planned per shard; empty before the freeze
  analyzed_rows bigint not null default 0 -- rows of the run when statistics were last refreshed
);

-- What many deliveries have in common: template, standby, media, pack. Stored once, named by its own hash.
create table content (
  content_id text primary key,
  run_date date not null, -- of the last run that used it; for retention
  body jsonb not null
);

-- The delivery itself: one recipient in one run. Redis wakes us up and Kafka tells the others; this row is the truth.
create table delivery (
  run_date date not null,
  delivery_id uuid not null,
  run_id text not null,
  recipient_id text not null,
  shard_id text not null,
  content_id text not null,
  template text not null, -- name/language of the planned template, so that a claim can leave a paused one alone
  critical boolean not null, -- still goes while the number is paused
  state delivery_state not null default 'QUEUED',
  attempt smallint not null default 0, -- the POST that is being made or was made last; 1 for the first
  spared smallint not null default 0, -- POSTs that Meta refused unseen: they do not count against the limit
  epoch bigint not null default 0, -- lease under which it was last claimed
  due_at timestamptz not null, -- planned, then of the next attempt
  claimed_at timestamptz,
  resolve_at timestamptz, -- AMBIGUOUS: when the policy decides, if no webhook has
  observed_attempt smallint not null default 0, -- the last POST that a webhook proved
  accepted_attempt smallint not null default 0,
  wamid_hash text not null default '',
  error_code integer not null default 0,
  reason text not null default '',
  sealed_address bytea not null,
  body_parameters jsonb not null,
  primary key (run_date, delivery_id),
  unique (recipient_id, run_id, run_date) -- nobody is in a run twice
) partition by list (run_date);

create index delivery_due on delivery (shard_id, due_at) where state = 'QUEUED';
create index delivery_open on delivery (shard_id, state) where state in ('CLAIMED', 'AMBIGUOUS');

-- Every POST that may have reached Meta, and what came of it.
create table attempt (
  run_date date not null,
  delivery_id uuid not null,
  attempt smallint not null,
  epoch bigint not null,
  shard_id text not null,
  phone_number_id text not null,
  outcome text not null,
  http_status smallint not null,
  error_code integer not null,
  fault text not null,
  template text not null,
  started_at timestamptz not null,
  finished_at timestamptz, -- null when no answer came
  wamid_hash text not null,
  primary key (run_date, delivery_id, attempt)
) partition by list (run_date);

-- A run's partitions, made ahead. The service's role has no DDL, so this is the one piece of it that it may do.
create function create_run_partitions(day date) returns void
  language plpgsql security definer set search_path from current as $$
declare
  parent text;
  part text;
begin
  perform pg_advisory_xact_lock(hashtextextended(current_schema() || '.create_run_partitions', 0));
  foreach parent in array array['delivery', 'attempt'] loop
    part := parent || '_' || to_char(day, 'YYYYMMDD');
    continue when to_regclass(format('%I', part)) is not null;
    -- Made beside and then attached: attaching does not block those who read and write the other mornings.
    execute format('create table %I (like %I including defaults including constraints) with (fillfactor = 70)', part, parent);
    execute format('alter table %I attach partition %I for values in (%L)', parent, part, day);
  end loop;
end $$;

-- Retention: a morning is forgotten by dropping its partitions. Returns how many mornings went.
create function drop_run_partitions(before_day date) returns integer
  language plpgsql security definer set search_path from current as $$
declare
  part text;
  dropped integer := 0;
begin
  perform pg_advisory_xact_lock(hashtextextended(current_schema() || '.create_run_partitions', 0));
  for part in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent in ('delivery'::regclass, 'attempt'::regclass) and right(c.relname, 8) < to_char(before_day, 'YYYYMMDD')
  loop
    execute format('drop table %I', part);
    if part like 'delivery%' then dropped := dropped + 1; end if;
  end loop;
  return dropped;
end $$;

do $$
begin
  execute format('revoke execute on function create_run_partitions(date), drop_run_partitions(date) from public');
  execute format('grant execute on function create_run_partitions(date), drop_run_partitions(date) to %I', current_schema());
end $$;

-- Who owns a shard now. Database time only: the clocks of two pods need not agree.
create table shard_lease (
  shard_id text primary key,
  epoch bigint not null default 0, -- grows with every owner; every claim and every result carries it
  owner text not null default '',
  expires_at timestamptz not null default clock_timestamp(),
  wanted_by text not null default '', -- the pod that this shard belongs to, when it is back
  wanted_at timestamptz
) with (fillfactor = 50);

-- Projections of what other services say.
create table shard_state (
  shard_id text primary key,
  phone_number_id text not null,
  waba_id text not null,
  business_portfolio_id text not null,
  role text not null,
  mode text not null,
  allowed_rate double precision not null,
  throughput_mps double precision not null,
  daily_cap bigint not null,
  weight double precision not null,
  until timestamptz,
  reason text not null,
  version bigint not null
);

create table template_state (
  family text not null,
  language text not null,
  template_version text not null,
  name text not null,
  wabas jsonb not null, -- [{ wabaId, status }]
  version bigint not null,
  changed_at timestamptz not null,
  primary key (family, language, template_version)
);

create table consent (
  recipient_id text not null,
  purpose text not null,
  state text not null, -- opted_in, opted_out, paused
  paused_until timestamptz,
  since timestamptz not null,
  version bigint not null,
  touched_at timestamptz not null default clock_timestamp(), -- database time
  primary key (recipient_id, purpose)
);
create index consent_touched on consent (touched_at);

-- Content packs: their parts, for those who ask for the rest of one.
create table pack (
  content_pack_id text primary key,
  run_date date, -- null: a fallback pack, for any date
  parts jsonb not null -- [{ kind, url, sha256, mediaType, sizeBytes, text }]
);

create table withdrawn_pack (
  content_pack_id text primary key,
  reason text not null,
  withdrawn_at timestamptz not null
);

-- Media: what the packs need, and under which id each number has it.
create table asset (
  sha256 text primary key,
  url text not null,
  media_type text not null,
  size_bytes bigint not null,
  shared boolean not null, -- of a pack for many: every number uploads it, spares included
  run_date date -- of the last run that needs it; null: any
);

create table media_id (
  phone_number_id text not null,
  sha256 text not null,
  media_id text not null default '', -- empty: not uploaded
  uploaded_at timestamptz,
  expires_at timestamptz,
  failures smallint not null default 0,
  reason text not null default '', -- why the last try failed
  retry_at timestamptz,
  primary key (phone_number_id, sha256)
);

-- What stands still until the platform or an operator ends it. Deleting a row ends it, in every process.
create table breaker (
  scope text not null, -- template, media, shard, account, campaign
  key text not null, -- name/language, hash, phone number id, WABA id, run id
  fault text not null,
  opened_at timestamptz not null,
  ended_by text not null, -- platform or operator
  primary key (scope, key)
);

-- How far the webhooks have come: without evidence that flows, silence proves nothing.
create table evidence (
  one boolean primary key default true check (one),
  observed_until timestamptz not null -- when ingest saw the newest status that this service has read
);

-- An operator's word on a shard; the shard '*' is everybody.
create table shard_control (
  shard_id text primary key,
  paused boolean not null default false,
  max_rate double precision, -- messages per second; null: as the number allows
  set_by text not null,
  reason text not null,
  set_at timestamptz not null
);

-- Answers to people who wrote to us, inside their service window.
create table reply (
  reply_id uuid primary key,
  phone_number_id text not null,
  recipient_id text not null,
  sealed_address bytea not null,
  content jsonb not null,
  purpose text not null,
  state delivery_state not null default 'QUEUED',
  attempt smallint not null default 0,
  epoch bigint not null default 0,
  due_at timestamptz not null,
  closes_at timestamptz not null, -- the service window: no free-form message starts at or after it
  claimed_at timestamptz,
  error_code integer not null default 0,
  reason text not null default '',
  requested_at timestamptz not null
);
create index reply_due on reply (phone_number_id, due_at) where state = 'QUEUED';
create index reply_open on reply (phone_number_id) where state in ('CLAIMED', 'AMBIGUOUS');

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
