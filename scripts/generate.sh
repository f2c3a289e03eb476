#!/usr/bin/env bash
# Writes completions/, docs/cli and docs/man from the command tree and the rooms
# in docs/architecture.md from go list, and pictures of terminals from real runs, into the tree or into the folder given.
cd "$(dirname "$0")/.."
source scripts/env.sh
set -o pipefail
CGO_ENABLED=0 go run ./internal/gen "${1:-.}"
