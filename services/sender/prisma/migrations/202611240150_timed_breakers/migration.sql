-- What stands still until an instant of the run's clock, as the owner of the shard sees it. In force in its process only; here to be looked at.
alter table shard_figures add column timed_breakers jsonb not null default '[]';
