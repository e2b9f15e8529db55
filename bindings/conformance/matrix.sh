#!/bin/sh
# SPDX-License-Identifier: MIT
# matrix.py with C on both ends; and it notices peers that lose or change something.
set -eu
: "${top_srcdir:?}" "${top_builddir:?}" # make check sets them
here=$top_srcdir/bindings/conformance
PEER=$top_builddir/bindings/conformance/peer
export PEER
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$here/matrix.py" c="$PEER"

# noticed CALL FILTER WORDS: where CALL is the first word and the number of them, a peer's output
# goes through FILTER, and WORDS are said about it
noticed()
{
	cat >"$work/peer" <<-END
		#!/bin/sh
		case "\$1 \$#" in
		"$1") "\$PEER" "\$@" | $2 ;;
		*) exec "\$PEER" "\$@" ;;
		esac
	END
	chmod +x "$work/peer"
	if "$here/matrix.py" bad="$work/peer" >"$work/out"; then
		echo "not noticed: $1 with $2"
		exit 1
	fi
	grep "$3" "$work/out"
}

noticed 'receive 4' 'sed s/^2000/1999/' 'the receiver: status 0'
noticed 'send 4' 'tr 0-9 1-90' 'the sender: status 0'
# What nobody shows is waited for until the limit.
MATRIX_LIMIT=5
export MATRIX_LIMIT
noticed 'member 4' 'sed -u /^300$/q' 'messages .* are lost'
noticed 'member 4' 'sed -u s/redelivered//' 'came without a mark'
