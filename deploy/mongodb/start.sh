#!/bin/bash
# Starts mongod as a replica set of one that wants its users to sign in. A member needs a key file, which mongod takes only
# if it is its own and nobody else can read it; a mounted secret belongs to somebody else.
set -euo pipefail

install -m 0400 -o mongodb -g mongodb "$MONGODB_KEY_FILE" /tmp/replica-set.key
exec docker-entrypoint.sh mongod --bind_ip_all --replSet rs0 --keyFile /tmp/replica-set.key
