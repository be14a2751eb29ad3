-- What the platform says of our templates, and the state that was published last of each version.
create table waba (
  waba_id text primary key,
  version bigint not null,
  listed_at timestamptz(3) -- null: what it has is not known yet
);

create table template (
  template_id text primary key, -- Meta's; text, because it exceeds 2^53
  waba_id text not null,
  name text not null,
  language text not null,
  family text not null,
  template_version text not null,
  status text not null,
  quality_score text not null,
  category text not null,
  submitted_category text not null,
  correct_category text not null default '',
  shape jsonb not null, -- parameters, header and buttons
  seen_at timestamptz(3) not null
);
create index template_family_language on template (family, language, template_version);

create table template_state (
  family text not null,
  language text not null,
  template_version text not null,
  state jsonb not null, -- as published
  version bigint not null,
  changed_at timestamptz(3) not null,
  primary key (family, language, template_version)
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
