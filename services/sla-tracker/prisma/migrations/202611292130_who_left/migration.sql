-- Who left a run's denominator: beside opt-outs, whose pack was recalled and whom the sender withheld for it.
create table withdrawn_pack (
  content_pack_id text primary key,
  withdrawn_at timestamptz not null -- the first withdrawal stands
);
alter table delivery add column content_pack_id text;
-- When the sender withheld it for the recipient's no, their erasure or the recall of the pack; which reasons those are is the code's to say.
alter table delivery add column withheld_at timestamptz;
update delivery set content_pack_id = record #>> '{planned,contentPackId}';
update delivery set withheld_at = to_timestamp((record #>> '{settled,settledAt}')::double precision / 1000.0)
where outcome = 'suppressed' and reason in ('consent', 'withdrawn-pack', 'erased');

-- The plan that the run is bound to; null before the freeze.
alter table run add column plan_hash text;

-- A status that comes twice is kept once: its key is what it says, not the event it came in.
alter table status_orphan rename column event_id to status_key;

-- Retention: a day is forgotten by dropping its partitions. The service's role has no DDL. Returns how many days of the table went.
create function forget_days(kind text, before_day date) returns integer language plpgsql security definer set search_path from current as $$
declare
  part text;
  dropped integer := 0;
begin
  if kind not in ('delivery', 'delivery_event') then raise exception 'no table of days: %', kind; end if;
  perform pg_advisory_xact_lock(hashtextextended(current_schema() || '.open_day', 0));
  for part in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = kind::regclass and right(c.relname, 8) < to_char(before_day, 'YYYYMMDD')
  loop
    execute format('drop table %I', part);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;
do $$ begin
  execute format('revoke execute on function forget_days(text, date) from public');
  execute format('grant execute on function forget_days(text, date) to %I', current_schema());
end $$;
