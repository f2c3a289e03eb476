#!/bin/sh
# Removes each guard of docs/threats.md in a copy of the tree and sees a test fail; with ids of
# internal/mutants/table.txt those only. All of them, each noticed, are written to docs/threats-mutants.md.
cd "$(dirname "$0")/.."
. scripts/env.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/mutants" ./internal/mutants
if [ $# -gt 0 ]; then
	"$work/mutants" "$@"
	exit
fi
page=docs/threats-mutants.md
# A pipe would hide the exit code.
"$work/mutants" >"$work/table" || { cat "$work/table"; exit 1; }
{
	sed '/<!-- measured -->/q' $page
	printf '\n'
	cat "$work/table"
} >"$work/page"
cp "$work/page" $page
cat "$work/table"
