#!/usr/bin/env bash
# Runs a command with a PostgreSQL server of its own, that AIGUARD_TEST_POSTGRESQL names; as root, with Debian's postgresql.
# usage: Sources/Service/Tests/with-postgresql.sh swift test --package-path Sources/Service --traits PostgreSQL
set -euo pipefail

programs=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
# A socket's path has room for 107 bytes, and the user postgres has to reach it.
folder=$(mktemp -d -t aiguard-pg.XXXXXX)
chown postgres:postgres "$folder"
chmod 755 "$folder"
postgres() { (cd "$folder" && runuser -u postgres -- "$@"); }
trap 'postgres "$programs/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT

postgres "$programs/initdb" -D "$folder/data" -U aiguard --auth=trust --encoding=UTF8 --locale=C --no-sync >/dev/null
postgres "$programs/pg_ctl" -D "$folder/data" -w -t 60 -l "$folder/log" start >/dev/null \
  -o "-c listen_addresses='' -c unix_socket_directories='$folder' -c fsync=off"
postgres "$programs/createdb" -h "$folder" -U aiguard aiguard
AIGUARD_TEST_POSTGRESQL="host=$folder user=aiguard dbname=aiguard" "$@"
