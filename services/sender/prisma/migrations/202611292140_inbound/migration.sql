-- Messages that people sent to each number, by second of the run's clock. They count against its throughput, and its owner is not who reads of them.
create table inbound (
  phone_number_id text not null,
  second bigint not null, -- epoch s
  messages integer not null,
  primary key (phone_number_id, second)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000); -- a minute's worth is kept
