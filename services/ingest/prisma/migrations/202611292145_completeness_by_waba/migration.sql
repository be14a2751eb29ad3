-- By WABA: one whose webhooks go elsewhere is not to be hidden by the others. What was counted without is minutes old, and nobody asks for it.
drop table webhook_minute;
create table webhook_minute (
  waba_id text not null,
  minute timestamptz not null,
  expected bigint not null,
  seen bigint not null,
  primary key (minute, waba_id)
);

drop table webhook_alarm;
create table webhook_alarm (
  waba_id text primary key,
  missing boolean not null
);
