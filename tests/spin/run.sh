#!/bin/sh
# SPDX-License-Identifier: MIT
# The protocol of groups as Spin models: all of them must pass, and every bug of bugs.inc
# be seen in the model that its line names.
#
#	run.sh [--long] [MODEL...]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
for tool in spin "${CC:-gcc}"; do
	command -v "${tool%% *}" >/dev/null && continue
	echo "skipped: no ${tool%% *} here"
	exit 77
done

# model, deaths, who may die (bit 0: the producer, 1 and 2: members)
runs='claim 0 0
claim 1 1
nack 1 2
join 0 0
join 1 1
drop 0 0
evict 0 0
vanish 0 0
seek 1 2'
long='claim 1 2
claim 1 7
nack 1 7
join 1 2
join 1 7
drop 1 2
evict 1 1
evict 1 2
vanish 1 1
seek 1 7'
larger=
kind=
if [ "${1:-}" = --long ]; then
	runs="$runs
$long"
	larger='-DLONG'
	kind=--long
	shift
fi
if [ $# != 1 ]; then # as many at once as there are processors, the longest first
	[ $# != 0 ] || set -- seek join claim nack evict vanish drop
	# shellcheck disable=SC2086 # no word, or one
	printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 sh "$here/run.sh" $kind
	exit
fi
model=$1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# build MODEL
build()
{
	mkdir "$work/$1"
	cd "$work/$1"
	cp "$here"/*.pml "$here"/*.inc .
	# shellcheck disable=SC2086 # no word, or one
	spin $larger -a "$1.pml" >log 2>&1 || { cat log; return 1; }
	# Without the flags of the library: what they watch for is not in this program.
	# shellcheck disable=SC2086 # $CC may hold flags
	${CC:-gcc} -O1 -w -DSAFETY -DCOLLAPSE -DVECTORSZ=1024 -o pan pan.c
}

# pan MODEL BUG DEATHS MORTAL: prints what is in its report
pan()
{
	cd "$work/$1"
	BUG_NUMBER=$2 CRASHES=$3 MORTAL=$4 ./pan -m2000000 >report 2>&1 || :
	if ! grep -q 'errors: ' report ||
	   grep -q 'max search depth too small\|Search not completed' report &&
	   ! grep -q 'errors: [1-9]' report; then
		cat report >&2
		echo "FAILED: $1 is not complete" >&2
		return 1
	fi
	sed -n 's/^ *\([0-9.e+]*\) states, stored.*/states \1/p
		s/.*depth reached \([0-9]*\),.*errors: \([0-9]*\).*/depth \1 errors \2/p' report |
		tr '\n' ' '
}

failed=0
build "$model"
while read -r name deaths mortal; do
	[ "$name" = "$model" ] || continue
	result=$(pan "$model" 0 "$deaths" "$mortal")
	echo "$model, $deaths deaths of $mortal: $result"
	case $result in
	*"errors 0 "*) ;;
	*) grep 'assertion\|invalid' "$work/$model/report" || :
	   failed=1 ;;
	esac
done <<EOF
$runs
EOF
sed -n 's|^#define \([a-z_]*\) \([0-9]*\) /\* \([a-z]*\) \([0-9]\) \([0-9]\): .*|\1 \2 \3 \4 \5|p' \
	"$here/bugs.inc" >"$work/bugs"
while read -r bug number name deaths mortal; do
	[ "$name" = "$model" ] || continue
	result=$(pan "$model" "$number" "$deaths" "$mortal")
	case $result in
	*"errors 0 "*) echo "FAILED: $model does not see $bug: $result"; failed=1 ;;
	*) echo "$model sees $bug" ;;
	esac
done <"$work/bugs"
exit $failed
