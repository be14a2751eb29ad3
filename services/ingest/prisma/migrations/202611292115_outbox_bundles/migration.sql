-- Several events of one call share a row of the outbox: a row for each cost more than the changes that they tell of.
alter table outbox alter column key drop not null; -- null: a bundle
alter table outbox add column events integer not null default 1;
alter table outbox alter column payload set storage external; -- compressing what is read once and deleted gains nothing
