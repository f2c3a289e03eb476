#!/usr/bin/env bash
# Runs every fuzz target for FUZZTIME (5s) each, beyond its seeds, which `make test` runs.
cd "$(dirname "$0")/.."
source scripts/env.sh
set -o pipefail
export CGO_ENABLED=0

# `go test -list` prints the targets of a package, then its "ok" line with the package's path.
targets=$(go test -list '^Fuzz' ./... | awk '/^Fuzz/ {names[++n] = $1} /^ok/ {for (i = 1; i <= n; i++) print $2, names[i]; n = 0}')
if [ -z "$targets" ]; then
	echo "no fuzz target found" >&2
	exit 1
fi
while read -r package target; do
	go test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-5s}" -fuzzminimizetime 10x "$package" </dev/null
done <<<"$targets"
echo "$(wc -l <<<"$targets") fuzz targets, ${FUZZTIME:-5s} each"
