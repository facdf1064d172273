#!/bin/sh
# Makes Temporal's two databases in PostgreSQL, or brings them to this version's schema. May be repeated.
set -eu

SQL_PASSWORD="$(cat "$TEMPORAL_PASSWORD_FILE")"
export SQL_PASSWORD

make() {
  temporal-sql-tool --database "$1" create-database
  temporal-sql-tool --database "$1" setup-schema --version 0.0
  temporal-sql-tool --database "$1" update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/$2/versioned"
}

make temporal temporal
make temporal_visibility visibility
