#!/usr/bin/env bash
# What internal/e2e/fleet shows in make e2e with shortened times and few rotations,
# at length: 10 to 20 minutes.
cd "$(dirname "$0")/.."
source scripts/env.sh
set -o pipefail

scripts/build.sh
export AUTHCTL_E2E_BINARY=$PWD/bin/authctl AUTHCTL_E2E_FLEET=1
# Parallel: they wait, most of the time.
go test -tags e2e -count=1 -parallel 32 -timeout 60m -v "$@" ./internal/e2e/fleet |
	grep -vE '^(=== (RUN|PAUSE|CONT|NAME)|PASS$)'
