#!/bin/sh
# SPDX-License-Identifier: MIT
# codespell is silent; words.txt lists the words that are right and look wrong.
set -eu
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
command -v codespell >/dev/null || { echo "codespell is missing"; exit 77; }
list=$("$(dirname "$0")/files.sh")
cd "$top_srcdir"

[ -n "$list" ] || { echo "no files found"; exit 1; }
# shellcheck disable=SC2086 # our names have no spaces
codespell --check-hidden --quiet-level 3 --ignore-words tests/lint/words.txt $list
