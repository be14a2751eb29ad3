-- An operator's word, complete: also an orderly end of a number, and whose word it was.
alter table shard_control rename column set_by to actor;
alter table shard_control rename column set_at to updated_at;
alter table shard_control alter column updated_at set default clock_timestamp(); -- database time
-- Draining: what is claimed is finished, nothing new is claimed, what waits goes to the other numbers.
alter table shard_control add column draining boolean not null default false;

-- Messages that a number may start in a rolling hour; 0: no cap of its own.
alter table shard_state add column hourly_cap bigint not null default 0;

-- What a business account may do, and how many people its portfolio may reach.
create table waba_state (
  waba_id text primary key,
  business_portfolio_id text not null,
  mode text not null, -- active, restricted, halted
  reason text not null,
  portfolio_limit bigint not null, -- unique recipients in rolling 24 h; -1 unlimited, 0 unknown
  version bigint not null
);

-- What the owner of a shard measured last: so that every pod can say it of every number, and a portfolio's numbers know of each other.
create table shard_figures (
  shard_id text primary key,
  epoch bigint not null, -- the lease under which it was measured
  maximum_rate double precision not null, -- messages per second of the run's clock: what the number could send
  allowed_rate double precision not null, -- what it may send now
  actual_rate double precision not null, -- what it sent in the last second
  in_flight integer not null, -- requests on the wire
  started_hour integer not null, -- recipients started in the last hour, and on this day, of the run's clock
  started_day integer not null,
  measured_at timestamptz not null default clock_timestamp() -- database time
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000); -- written every second
