alter table phone_number
  add column cap_plan jsonb not null default '{}', -- hourly and daily cap and warm-up, as the registry says
  -- As published: unique recipients; 0: no cap of its own.
  add column daily_cap bigint not null default 0,
  add column hourly_cap bigint not null default 0;
