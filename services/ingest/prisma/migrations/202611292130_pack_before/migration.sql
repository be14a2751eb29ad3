-- The pack before the last planned one: the last is planned hours before it is due, and until then a tap asks for the rest of the one before.
alter table last_pack add column before_content_pack_id text;
alter table last_pack add column before_delivery_id uuid;
alter table last_pack add column before_due_at timestamptz;
