-- What the platform gave in exchange for an access token of the configuration. Sealed; the source is the SHA-256 of the configured token.
create table renewed_token (
  source text primary key,
  sealed bytea not null,
  expires_at timestamptz(3), -- null: never
  renewed_at timestamptz(3) not null default clock_timestamp()
);
