-- When Meta was last asked whether it still knows the id, by the run's clock; null: not since it was uploaded.
alter table media_id add column checked_at timestamptz(3);
