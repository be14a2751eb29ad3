-- Who may write to us, as far as consent needs to know. A projection of recipient.upserted.
create table recipient (
  recipient_id text primary key,
  tenant_id text not null,
  language text not null,
  address_key text, -- null: known by a business-scoped user id only
  sealed_address bytea,
  business_scoped_user_id text,
  -- The recipient's own key, sealed: it opens the evidence in the ledger. Erasure destroys it, and with it what backups still hold.
  sealed_evidence_key bytea not null,
  updated_at timestamptz not null,
  consent_version bigint not null default 0
);
create index recipient_address_key on recipient (address_key); -- not unique: two people may share a phone, and its STOP is both theirs
create index recipient_business_scoped_user_id on recipient (business_scoped_user_id) where business_scoped_user_id is not null;

-- The consent ledger: what was said, when, how, in which words. Append-only; erasure alone deletes.
create table consent_event (
  id bigint generated always as identity primary key,
  -- What makes a repeated webhook or event the same line: its source and the purpose.
  event_key text not null unique,
  recipient_id text, -- null: the address belonged to nobody we knew; adopted when it does
  address_key text,
  business_scoped_user_id text,
  purpose text not null check (purpose in ('content', 'marketing', 'ai')),
  change text not null check (change in ('start', 'stop', 'pause', 'resume')),
  said_at timestamptz not null, -- by the platform's stamp, where there is one
  paused_until timestamptz,
  source text not null,
  notice_version text,
  sealed_evidence bytea, -- by the recipient's key; by the service's while the recipient is unknown
  wamid_hash text,
  phone_number_id text,
  adopted_from bigint,
  recorded_at timestamptz not null default clock_timestamp()
);
create index consent_event_recipient on consent_event (recipient_id);
create index consent_event_unknown_address on consent_event (address_key) where recipient_id is null;
create index consent_event_unknown_user on consent_event (business_scoped_user_id) where recipient_id is null and business_scoped_user_id is not null;
do $$ begin execute format('revoke update on consent_event from %I', current_schema()); end $$;

-- The fold of the ledger: what holds now.
create table consent_state (
  recipient_id text not null references recipient on delete cascade,
  purpose text not null,
  state text not null check (state in ('opted_in', 'opted_out', 'paused')),
  since timestamptz not null,
  paused_until timestamptz,
  source text not null,
  primary key (recipient_id, purpose)
);

-- Counts that outlive an erasure.
create table erased_consent (
  purpose text not null,
  change text not null,
  source text not null,
  events bigint not null,
  primary key (purpose, change, source)
);

-- Webhook events that Kafka did not take, in the order they came.
create table spool (
  id bigint generated always as identity primary key,
  topic text not null,
  payload bytea not null,
  spooled_at timestamptz not null default clock_timestamp()
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000); -- nearly always empty, and all of it is churn

-- What Meta sent and this release does not know, sealed whole. Kept so that the next release can be taught.
create table unhandled_update (
  digest text primary key, -- of the bytes: a repeated webhook is the same row
  field text not null,
  waba_id text not null,
  sealed_update bytea not null,
  received_at timestamptz not null default clock_timestamp()
);
create index unhandled_update_received_at on unhandled_update using brin (received_at);

-- WABAs and whether their webhooks reach us. A projection of waba.state, and what the last check found.
create table waba (
  waba_id text primary key,
  version bigint not null,
  subscribed boolean, -- null: not checked yet, or unreadable
  checked_at timestamptz
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
