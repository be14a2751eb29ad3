-- How many deliveries of a run a shard holds, by state: what each statement changed of it. Counted from the deliveries themselves, a morning of hundreds
-- of thousands would be read several times a second by every pod. Rows are only added, so that no writer waits for another; who reads adds up, and
-- puts them together when there are many.
create table delivery_count (
  run_date date not null,
  run_id text not null,
  shard_id text not null,
  state delivery_state not null,
  n integer not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
create index delivery_count_of on delivery_count (run_date, run_id, shard_id);

-- What the deliveries of a shard carry, or carried before they moved away. A move adds what it brings.
create table shard_content (
  shard_id text not null,
  run_date date not null,
  run_id text not null,
  content_id text not null,
  primary key (shard_id, run_date, run_id, content_id)
);

-- Which of them still waits. Neither claim nor result writes it.
create index delivery_waiting_content on delivery (shard_id, content_id) where state = 'QUEUED';

-- By that index, and not by a scan that the planner takes for short as nearly everybody waits for the one content.
create function is_waited_for(content text, shard text, day date) returns boolean
  language sql stable set search_path from current set enable_seqscan = off as $$
  select exists (select from delivery d where d.run_date = day and d.shard_id = shard and d.content_id = content and d.state = 'QUEUED')
$$;

create function count_added_deliveries() returns trigger
  language plpgsql set search_path from current as $$
begin
  insert into delivery_count (run_date, run_id, shard_id, state, n)
  select run_date, run_id, shard_id, state, count(*) from added group by run_date, run_id, shard_id, state;
  insert into shard_content (shard_id, run_date, run_id, content_id)
  select distinct shard_id, run_date, run_id, content_id from added order by shard_id, run_date, run_id, content_id
  on conflict do nothing;
  return null;
end $$;

create function count_changed_deliveries() returns trigger
  language plpgsql set search_path from current as $$
begin
  insert into delivery_count (run_date, run_id, shard_id, state, n)
  select run_date, run_id, shard_id, state, sum(n)
  from (select run_date, run_id, shard_id, state, 1 as n from became union all select run_date, run_id, shard_id, state, -1 from were) c
  group by run_date, run_id, shard_id, state
  having sum(n) <> 0;
  return null;
end $$;

-- The triggers first: they lock out whoever writes, so that what is there is counted once and nothing is missed.
create trigger delivery_added after insert on delivery
  referencing new table as added for each statement execute function count_added_deliveries();
create trigger delivery_changed after update on delivery
  referencing old table as were new table as became for each statement execute function count_changed_deliveries();

insert into delivery_count (run_date, run_id, shard_id, state, n)
select run_date, run_id, shard_id, state, count(*) from delivery group by run_date, run_id, shard_id, state;
insert into shard_content (shard_id, run_date, run_id, content_id)
select distinct shard_id, run_date, run_id, content_id from delivery;
