-- Unique recipients in a rolling hour; 0: no cap of its own.
alter table shard add column hourly_cap bigint not null default 0;
