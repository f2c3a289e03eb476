#!/usr/bin/env bash
# Measures the ratios of docs/benchmarks.md and writes the table there. Wants a quiet machine.
# BEFORE=COMMIT measures that commit's authctl in the same run.
cd "$(dirname "$0")/.."
source scripts/env.sh
set -o pipefail
source scripts/install.sh
needs curl curl valgrind valgrind secret-tool libsecret-tools dbus-run-session dbus gnome-keyring-daemon gnome-keyring

load=$(uptime | sed 's/.*averages*: //; s/[ ,].*//')
scripts/build.sh
work=$(mktemp -d)
trap 'rm -rf "$work"; git worktree prune' EXIT
if [ -n "${BEFORE:-}" ]; then
	git worktree add -q --detach "$work/tree" "$BEFORE"
	"$work/tree/scripts/build.sh"
	cp "$work/tree/bin/authctl" "$work/before"
fi
CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$work/" ./internal/bench/floor/...
go build -o "$work/bench" ./internal/bench
# A file as the linker wrote it starts slower than its copy, so all are fresh copies.
cp bin/authctl "$work/authctl"
for program in empty get libraries keyring post sign spawn; do
	cp "$work/$program" "$work/copy" && mv "$work/copy" "$work/$program"
done

# The OpenBao of make e2e, where there is one; else an imitation is measured, and the row says so.
for bao in "${XDG_CACHE_HOME:-$HOME/.cache}"/authctl-e2e/openbao-*/bao; do
	if [ -x "$bao" ]; then PATH=$(dirname "$bao"):$PATH; fi
done

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
	printf '\n%s, %s cores, %s, load average at the start %s%s\n\n' "$(uname -sm)" "$(nproc)" "$(go env GOVERSION)" "$load" \
		"${BEFORE:+; before: $(git rev-parse --short "${BEFORE:-HEAD}")}"
	cat "$work/table"
} >"$work/page"
cp "$work/page" docs/benchmarks.md
