#!/bin/sh
# Builds authctl and logs in at the sandbox in your browser: make demo-login, or
# scripts/demo-login.sh PROFILE [FLAG...], such as helseid-login --no-browser.
cd "$(dirname "$0")/.."
. scripts/env.sh
scripts/build.sh

profile=${1:-salus}
[ $# -eq 0 ] || shift
export PATH="$PWD/bin:$PATH"
unset AUTHCTL_CONFIG AUTHCTL_PROFILE AUTHCTL_STORE
echo "The sandbox's login page opens in your browser: click Log in. Nobody real is logged in." >&2
# What is kept goes with the sandbox. The token is decoded, not shown.
# shellcheck disable=SC2016
exec authctl sandbox -- sh -eu -c '
	profile=$1
	shift
	token=$(authctl login-pkce -p "$profile" "$@")
	printf "%s\n" "$token" | authctl decode -
	echo
	authctl status -p "$profile"
	authctl logout -p "$profile"
' demo "$profile" "$@"
