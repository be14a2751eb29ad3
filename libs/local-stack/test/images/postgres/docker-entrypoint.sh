#!/bin/sh
# POSTGRES_USER, POSTGRES_PASSWORD and POSTGRES_DB on the first start; then whatever the command says.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  : "${POSTGRES_PASSWORD:?}" "${POSTGRES_USER:=postgres}"
  (umask 077 && printf '%s' "$POSTGRES_PASSWORD" >/tmp/password)
  initdb --pgdata="$PGDATA" --username="$POSTGRES_USER" --pwfile=/tmp/password --auth-host=scram-sha-256 --auth-local=trust >/dev/null
  rm /tmp/password
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  echo "listen_addresses = '*'" >>"$PGDATA/postgresql.conf"
  # Single-user mode: no server is reachable before the database exists.
  echo "create database ${POSTGRES_DB:-$POSTGRES_USER};" | postgres --single -D "$PGDATA" postgres >/dev/null
fi
exec "$@"
