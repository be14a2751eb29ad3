-- Messages that were accepted, and first statuses that came, by the minute of the run's clock in which that was.
create table webhook_minute (
  minute timestamptz primary key,
  expected bigint not null,
  seen bigint not null
);

-- Whether webhooks are missing now, as last told. One row, so that of several replicas one tells.
create table webhook_alarm (
  missing boolean not null
);
insert into webhook_alarm (missing) values (false);
