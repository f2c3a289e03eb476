# Sourced: needs COMMAND PACKAGE... installs Debian packages whose command is
# absent, where this may be done (root and apt-get). What stays absent is said by
# the tests that skip for it.
needs() {
	local missing=()
	while [ $# -gt 0 ]; do
		command -v "$1" >/dev/null 2>&1 || missing+=("$2")
		shift 2
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
		echo "absent, and not installed by this user: ${missing[*]}" >&2
		return 0
	fi
	echo "installing ${missing[*]}" >&2
	# Where one is unknown to this system apt-get installs none: then one by one.
	apt-get update -q </dev/null >&2 || true
	debs "${missing[@]}" && return 0
	local package
	for package in "${missing[@]}"; do
		debs "$package" || echo "could not install $package" >&2
	done
}

debs() {
	DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$@" </dev/null >&2
}
