-- WABAs and phone numbers: what the registry says, what the platform says, and the state that was published last.
create table waba (
  waba_id text primary key,
  business_portfolio_id text not null,
  messaging_limit bigint not null default 0, -- -1 unlimited, 0 unknown
  restriction text not null default '',      -- empty: none
  restricted_until timestamptz(3),
  mode text,
  reason text not null default '',
  published_limit bigint,
  version bigint not null default 0,
  changed_at timestamptz(3)
);

create table phone_number (
  shard_id text primary key,
  phone_number_id text not null unique,
  waba_id text not null references waba,
  role text not null check (role in ('primary', 'standby')),
  weight double precision not null check (weight >= 0),
  -- As the platform says; null until it was read once.
  status text,
  quality_rating text,
  throughput_mps double precision,
  can_send_message text,
  display_suffix text not null default '', -- last four digits, for people
  display_key text,                        -- keyed hash of the display number: some webhooks name it and not the id
  read_at timestamptz(3),
  cooldown_until timestamptz(3),
  -- As published.
  mode text,
  allowed_rate double precision,
  reason text not null default '',
  mode_until timestamptz(3),
  version bigint not null default 0,
  changed_at timestamptz(3)
);
create index phone_number_display_key on phone_number (display_key);

-- How the numbers' sends went, by minute of the run's clock: enough to see a trouble begin and end.
create table number_minute (
  phone_number_id text not null,
  minute timestamptz(3) not null,
  attempts integer not null,
  refused integer not null, -- for a reason that lies with the number or its account
  primary key (phone_number_id, minute)
);

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
