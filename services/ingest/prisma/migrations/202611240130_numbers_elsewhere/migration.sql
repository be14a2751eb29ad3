-- Ids of numbers with an override of their own, which wins over the WABA's address and the app's, that is not ours.
alter table waba add column numbers_elsewhere text[] not null default '{}';
