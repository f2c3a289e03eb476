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
	{
		apt-get update -q &&
			DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}"
	} </dev/null >&2 || echo "could not install all of: ${missing[*]}" >&2
}
