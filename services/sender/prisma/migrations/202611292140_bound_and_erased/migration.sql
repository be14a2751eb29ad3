-- The plan that the run is bound to: of its first delivery, then of run.changed. Deliveries of another plan are refused.
alter table run add column plan_hash text not null default '';

-- Who was erased: a plan that is read after that must not bring the address back. The id is the back office's, no address.
create table erased_recipient (
  recipient_id text primary key,
  erased_at timestamptz not null
);
