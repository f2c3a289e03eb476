#!/bin/sh
# Builds authctl and logs in at the sandbox in your browser: make demo-login, or
# scripts/demo-login.sh PROFILE [FLAG...].
cd "$(dirname "$0")/.."
. scripts/env.sh
scripts/build.sh

profile=${1:-salus}
[ $# -eq 0 ] || shift
export AUTHCTL_STORE=none PATH="$PWD/bin:$PATH"
unset AUTHCTL_CONFIG AUTHCTL_PROFILE
exec authctl sandbox -- authctl login-pkce -p "$profile" "$@"
