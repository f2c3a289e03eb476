#!/bin/sh
# All tests that need nothing but Go: no C compiler, no network, no keyring.
cd "$(dirname "$0")/.."
. scripts/env.sh
CGO_ENABLED=0 go test "$@" ./...
