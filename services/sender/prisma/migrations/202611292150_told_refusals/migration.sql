-- Refusals of Meta that somebody was told of: once per run and code, whichever pod met them first.
create table told_refusal (
  about text not null, -- the run, or the day of the replies
  code integer not null, -- Meta's; 0: none
  blamed text not null, -- scope and key of what is to blame; empty: nothing in particular
  told_at timestamptz(3) not null default clock_timestamp(), -- database time
  primary key (about, code, blamed)
);
