-- What changed lately is asked twice a second and for one purpose. By the instant alone the planner, which knows little of a table that grows in one
-- night, prefers the primary key and reads everybody's consent (measured: 60 000 people, 75 ms a look; by both, none).
create index consent_touched_of on consent (purpose, touched_at);
drop index consent_touched;
