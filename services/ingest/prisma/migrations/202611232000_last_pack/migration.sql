-- The pack that a recipient was last planned to get: what a tap on "more images" asks for the rest of. A projection of delivery.planned.
create table last_pack (
  recipient_id text primary key,
  content_pack_id text not null,
  delivery_id uuid not null,
  due_at timestamptz not null
);
create index last_pack_due_at on last_pack using brin (due_at);
