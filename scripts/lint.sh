#!/usr/bin/env bash
# Formatting, go vet and golangci-lint (.golangci.yml).
cd "$(dirname "$0")/.."
source scripts/env.sh
set -o pipefail

gofumpt=$(tool gofumpt mvdan.cc/gofumpt v0.12.0)
golangci_lint=$(tool golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint v2.15.0)

unformatted=$(git ls-files -z --cached --others --exclude-standard '*.go' | xargs -0r "$gofumpt" -l)
if [ -n "$unformatted" ]; then
	printf 'not formatted (gofumpt -w FILE):\n%s\n' "$unformatted" >&2
	exit 1
fi
go vet ./...
"$golangci_lint" run --allow-serial-runners --build-tags e2e ./...
