#!/usr/bin/env bash
# Tests against real programs: gnome-keyring, Keycloak, oidc-provider, Spring
# Authorization Server, ory/fosite, Apache CXF, OpenBao, nginx, Apache httpd, Chromium, curl and the
# shells. What the machine cannot have is skipped, saying so.
cd "$(dirname "$0")/.."
source scripts/env.sh
set -o pipefail
source scripts/install.sh
needs squid squid softhsm2-util softhsm2 pkcs11-tool opensc swtpm swtpm tpm2_sign tpm2-tools ssh-add openssh-client
needs xmlsec1 xmlsec1 apache2 apache2
needs gnome-keyring-daemon gnome-keyring dbus-run-session dbus secret-tool libsecret-tools \
	chromium chromium strace strace zsh zsh fish fish openssl openssl curl curl \
	python3 python3 pip3 python3-pip javac default-jdk-headless mvn maven node nodejs npm npm nginx nginx

scripts/build.sh
export AUTHCTL_E2E_BINARY=$PWD/bin/authctl
# Each server's tests add their column; the last one prints them all.
AUTHCTL_E2E_TABLE=$(mktemp)
export AUTHCTL_E2E_TABLE
trap 'rm -f "$AUTHCTL_E2E_TABLE"' EXIT
packages=$(git ls-files --cached --others --exclude-standard '*_test.go' | xargs grep -l '^//go:build .*e2e' | xargs -n1 dirname | sort -u | sed 's|^|./|')
# One package at a time: they share the machine's cores with a JVM and a browser.
# Verbose, because what was skipped and the tables that tests print are the result too.
# Tests of one that wait for take-overs do it together.
# shellcheck disable=SC2086
go test -tags e2e -count=1 -p 1 -parallel 16 -timeout 20m -v "$@" $packages |
	grep -vE '^(=== (RUN|PAUSE|CONT|NAME)|[[:space:]]*--- PASS|PASS$)'
