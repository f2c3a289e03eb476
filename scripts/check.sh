#!/usr/bin/env bash
# Everything a change must pass, cheapest first. Slow the first time, when the
# linter is built and the standard library compiled for five platforms.
cd "$(dirname "$0")/.."
source scripts/env.sh
set -o pipefail

step() { printf '\n== %s (%ds)\n' "$*" "$SECONDS"; }

step go.mod is tidy
go mod tidy -diff

step generated files are current
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
scripts/generate.sh "$fresh"
for made in completions docs/cli docs/man docs/architecture.md docs/environment.md docs/exit-codes.md; do
	diff -r "$made" "$fresh/$made" || { echo "stale: make generate" >&2; exit 1; }
done

step the program is at most 12.5 MB
scripts/build.sh
size=$(wc -c <bin/authctl)
echo "$size bytes"
[ "$size" -le 12500000 ] || { echo "larger than docs/benchmarks.md allows" >&2; exit 1; }

step lint
scripts/lint.sh

for platform in darwin/amd64 darwin/arm64 windows/amd64 windows/arm64; do
	step "vet for $platform"
	CGO_ENABLED=0 GOOS=${platform%/*} GOARCH=${platform#*/} go vet ./...
done

if command -v "$(go env CC)" >/dev/null 2>&1; then
	step tests under the race detector
	scripts/race.sh
else
	step "tests (no C compiler: the race detector is left out)"
	scripts/test.sh
fi

step what makes the packages
go vet -C scripts/package ./... && go test -C scripts/package ./... || exit 1

step the change is checked
