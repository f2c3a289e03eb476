#!/usr/bin/env bash
# All tests under the race detector, which needs a C compiler.
cd "$(dirname "$0")/.."
source scripts/env.sh
set -o pipefail
if ! command -v "$(go env CC)" >/dev/null 2>&1; then
	echo "no C compiler ($(go env CC)): the race detector cannot be built" >&2
	exit 1
fi
CGO_ENABLED=1 go test -race -timeout 20m "$@" ./...
