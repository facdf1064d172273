#!/bin/sh
# The server takes its database's password from the environment only.
set -eu

POSTGRES_PWD="$(cat "$TEMPORAL_PASSWORD_FILE")"
export POSTGRES_PWD
exec /etc/temporal/entrypoint.sh
