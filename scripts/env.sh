# Sourced by the other scripts, in the root folder: homes for Go's caches where
# HOME gives none, and the pinned tools. Plain sh: build, test and demo must run
# where there is only Go and make.
set -eu

if ! command -v go >/dev/null 2>&1; then
	echo "go is not on PATH; go.mod names the version that is needed" >&2
	exit 1
fi

# A container may have no HOME at all, or one that cannot be written.
if [ -z "${HOME:-}" ] || [ ! -w "$HOME" ]; then
	HOME=$PWD/.cache/home
	mkdir -p "$HOME"
	# A module cache inside the tree must not stand in the way of rm -rf.
	GOFLAGS="${GOFLAGS:-} -modcacherw"
	export HOME GOFLAGS
fi

# tool NAME PACKAGE VERSION prints the path of a Go program at a pinned
# version, building it once into the user's cache.
tool() {
	tool_dir=${XDG_CACHE_HOME:-$HOME/.cache}/authctl-tools/$1-$3-$(go env GOVERSION)
	if [ ! -x "$tool_dir/$1" ]; then
		echo "building $1 $3 (once)" >&2
		GOBIN=$tool_dir GOFLAGS='' CGO_ENABLED=0 go install "$2@$3" >&2
	fi
	echo "$tool_dir/$1"
}
