-- Which claim of a delivery this is. Unlike the attempt, which a claim that posted nothing gives back, it never goes back: a result that is
-- written twice, because its first commit was not heard of, must not speak of the claim after it.
alter table delivery add column claim_number integer not null default 0;
