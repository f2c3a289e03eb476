#!/usr/bin/env bash
# Measures the ratios of docs/benchmarks.md and writes the table there. Wants a quiet machine.
cd "$(dirname "$0")/.."
source scripts/env.sh
set -o pipefail
source scripts/install.sh
needs hyperfine hyperfine curl curl secret-tool libsecret-tools dbus-run-session dbus gnome-keyring-daemon gnome-keyring

scripts/build.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp bin/authctl "$work/"
CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$work/" ./internal/bench/floor/...
go build -o "$work/bench" ./internal/bench

# A Secret Service of its own: the user's keyring is not touched.
mkdir -m 700 "$work/runtime" "$work/home" "$work/data"
cat >"$work/session" <<'SESSION'
gnome-keyring-daemon --foreground --unlock --components=secrets >/dev/null 2>&1 <<<bench &
daemon=$!
trap 'kill $daemon' EXIT
for _ in {1..50}; do
	secret-tool search --all authctl probe >/dev/null 2>&1 && break
	sleep 0.1
done
"$1/bench" "$1"
SESSION
if command -v dbus-run-session >/dev/null && command -v gnome-keyring-daemon >/dev/null; then
	HOME=$work/home XDG_RUNTIME_DIR=$work/runtime XDG_DATA_HOME=$work/data \
		dbus-run-session -- bash "$work/session" "$work" | tee "$work/table"
else
	"$work/bench" "$work" | tee "$work/table"
fi

# Everything below the marker is what was measured last.
{
	sed '/<!-- measured -->/q' docs/benchmarks.md
	printf '\n%s, %s cores, %s\n\n' "$(uname -sm)" "$(nproc)" "$(go env GOVERSION)"
	cat "$work/table"
} >"$work/page"
cp "$work/page" docs/benchmarks.md
