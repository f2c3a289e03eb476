#!/bin/sh
# Writes into dist/ what people install (docs/releasing.md): for all platforms, or for those named,
# such as linux/amd64. OUT is another folder. The tools are the Go module scripts/package.
cd "$(dirname "$0")/.."
. scripts/env.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
CGO_ENABLED=0 go build -C scripts/package -o "$work/package" .
"$work/package" "$PWD" "${OUT:-dist}" "$@"
