-- A template is its account's: its breaker is now named `WABA id/name/language`. What stood still under the old name is found again by one refusal.
delete from breaker where scope = 'template';
-- A token is everybody's: its breaker is now of the scope `token`.
delete from breaker where scope = 'account' and fault = 'token';
-- Since when a number is in its state, by the run's clock: what was opened before, and Meta ends, has ended when it is active.
alter table shard_state add column changed_at timestamptz(3) not null default 'epoch';
