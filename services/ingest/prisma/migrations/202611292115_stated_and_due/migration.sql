-- What the back office last said, beside what holds: WhatsApp may have moved the person since, and a repeated word of the back office must not move
-- them back.
alter table recipient add column stated_address_key text;
alter table recipient add column stated_user_id text;
update recipient set stated_address_key = address_key, stated_user_id = business_scoped_user_id;

-- Whose consent the direct path to the senders has not carried yet, as far as anybody knows. Written with the change, so that a crash or a Redis
-- that is away delays it and no more.
create table direct_due (
  recipient_id text primary key,
  version bigint not null,
  erased boolean not null default false,
  due_at timestamptz not null default clock_timestamp()
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000); -- it is nearly always empty, and all of it is churn
create index direct_due_due_at on direct_due (due_at);
