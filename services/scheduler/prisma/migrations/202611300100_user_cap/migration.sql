-- Until when whoever this delivery went to is to be left alone with marketing (131049). Whom that is says its plan. Gone when it is over.
create table user_cap (
  delivery_id uuid primary key,
  run_id text collate "C" not null,
  until timestamptz(3) not null
);
