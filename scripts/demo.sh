#!/bin/sh
# Builds authctl and gets a token from each of the sandbox's five providers.
cd "$(dirname "$0")/.."
. scripts/env.sh
scripts/build.sh

# Nothing of the user's own setup takes part, and nothing is kept.
export AUTHCTL_STORE=none PATH="$PWD/bin:$PATH"
unset AUTHCTL_CONFIG AUTHCTL_PROFILE
exec authctl sandbox -- sh -euc '
	for profile in santedb ardengem helseid klg salus; do
		printf "\n$ authctl token -p %s -o headers\n" "$profile"
		authctl token -p "$profile" -o headers
	done
'
