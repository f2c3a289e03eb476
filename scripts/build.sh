#!/bin/sh
# Builds bin/authctl, or the file given: static, stripped, the same bytes on every machine.
cd "$(dirname "$0")/.."
. scripts/env.sh
out=${1:-bin/authctl}

# The version is stamped from git; a copy of the tree that git does not trust or know has none.
git rev-parse HEAD >/dev/null 2>&1 || export GOFLAGS="${GOFLAGS:-} -buildvcs=false"
# nethttpomithttp2: authctl speaks HTTP/1.1 only (internal/endpoint), so half a megabyte of HTTP/2 stays out.
# -l: no inlining in its own packages, and in libraries that a token seldom needs or that wait for the network,
# is most of a megabyte less; a kept token takes one instruction in a hundred more. The YAML reader, the runtime
# and what computes (crypto, math/bits) keep theirs.
flags=
for packages in authctl/... github.com/... golang.org/... rsc.io/... html/... text/... encoding/... mime/... log/... net/... \
	vendor/... net crypto/tls crypto/x509 math/big reflect; do
	flags="$flags -gcflags=$packages=-l"
done
ldflags='-s -w'
# internal/host/stdout_linux.go: what begins before Go's runtime, and sees a closed stdout.
case $(go env GOOS)/$(go env GOARCH) in
linux/amd64 | linux/arm64) ldflags="$ldflags -E _authctl_entry" ;;
esac
# shellcheck disable=SC2086
CGO_ENABLED=0 go build -tags nethttpomithttp2 -trimpath $flags -ldflags "$ldflags" -o "$out" .
# A file as the linker wrote it starts 0.6 ms slower than its copy, until the page cache forgets it.
cp "$out" "$out.copy" && mv "$out.copy" "$out"
