#!/bin/sh
# What options curl has, for internal/curl/testdata/curl-options.txt:
#
#     scripts/curl-options.sh CHECKOUT >internal/curl/testdata/curl-options.txt
#
# CHECKOUT is a git repository of curl, its newest commit is read. One option a
# line: long name, short name or -, flag or value, the version that brought it.
set -eu
cd "$1"
version=$(git show HEAD:include/curl/curlver.h | sed -n 's/^#define LIBCURL_VERSION "\(.*\)"/\1/p')
echo "# curl $version, $(git log -1 --format='commit %h, %cs'), docs/cmdline-opts"
git archive HEAD docs/cmdline-opts | tar -xO --wildcards 'docs/cmdline-opts/[a-z0-9]*.md' |
  awk '
    BEGIN      { short = "-"; kind = "flag" }
    /^Long: /  { name = $2 }
    /^Short: / { short = $2 }
    /^Arg: /   { kind = "value" }
    /^Added: / { added = $2 }
    /^# `--/   { print name, short, kind, added; short = "-"; kind = "flag" }
  ' | LC_ALL=C sort
