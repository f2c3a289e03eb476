#!/usr/bin/env bash
# All tests under the race detector, which needs a C compiler.
cd "$(dirname "$0")/.."
source scripts/env.sh
set -o pipefail
if ! command -v "$(go env CC)" >/dev/null 2>&1; then
	echo "no C compiler ($(go env CC)): the race detector cannot be built" >&2
	exit 1
fi
# Each program under the race detector would sleep for a second before it ends, and the tests run thousands.
export GORACE=atexit_sleep_ms=0
CGO_ENABLED=1 go test -race -timeout 20m "$@" ./...
