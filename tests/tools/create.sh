#!/bin/bash
# SPDX-License-Identifier: MIT
# create, ls, stat and rm: good and bad input, exit codes, colours only where they belong.
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

gives 0 --help
gives 0 --version
grep -qx "nabd $PACKAGE_VERSION, libnabd $PACKAGE_VERSION" "$work/out" || fail "version"
gives 2
gives 2 nosuchcommand
said "no command nosuchcommand"
gives 2 --nosuchoption

# Each command explains itself, and refuses what it does not know.
commands=$(nabd --help | sed -n 's/^  \([a-z]*\)  *[a-z].*/\1/p')
[ "$(echo "$commands" | wc -l)" -ge 6 ] || fail "the help lists no commands"
for command in $commands; do
	gives 0 "$command" --help
	grep -q "^Usage: nabd $command" "$work/out" || fail "$command --help"
	gives 0 help "$command"
	gives 2 "$command" --nosuchoption
	said "Try: nabd $command --help"
done

gives 0 ls
printed ""
gives 0 create small -s 5 -S 64
gives 1 create small -s 5 -S 64
said "exists"
gives 0 create small -s 5 -S 64 --if-missing
gives 1 create small -s 99 -S 64 --if-missing
gives 0 create /leading.slash --slot-size=4K --slots=16 --mode 0640 --overwrite
gives 0 create aligned --align 4K -s 2
[ "$(field small 'q["slots"], q["slot_size"], q["overwrite"]')" = "(8, 64, False)" ] ||
	fail "small is $(field small q)"
[ "$(field leading.slash 'q["slot_size"], oct(q["mode"]), q["overwrite"]')" = \
	"(4096, '0o640', True)" ] || fail "leading.slash is $(field leading.slash q)"
gives 0 create timed -s 2 --timestamps
[ "$(field timed 'q["timestamps"]') $(field small 'q["timestamps"]')" = "True False" ] ||
	fail "timed is $(field timed q)"
gives 0 rm timed
# A wish that a queue of a few pages can't be granted: done, but told.
gives 0 create huge -s 2 --huge-pages
said "0 B of .* are in huge pages"
gives 0 stat --memory huge
grep -q "memory .* in huge pages, .* swapped out" "$work/out" || fail "stat --memory"
gives 0 rm huge
[ "$(field aligned 'q["align"]')" = 4096 ] || fail "aligned is $(field aligned q)"

for bad in "-s 0 x" "-s -1 x" "-s 1x x" "-s 99999999999999999999 x" "-S 2G x" "-S 1T x" "-S K x" \
	"-m 999 x" "-m 0 x" "-m 01777 x" "-a 3 x" "-a 4 x" "-a 8K x" "-G no-such-group-here x" \
	"" "x y" "-s"; do
	# shellcheck disable=SC2086 # words on purpose
	gives 2 create $bad
done
gives 2 create "bad/name"
gives 2 create ""
gives 3 create x --dir "$NABD_DIR/nowhere"
[ "$(nabd ls -q | tr '\n' ' ')" = "aligned leading.slash small " ] || fail "ls: $(nabd ls -q)"

# Other files are no queues, and are not touched.
echo text >"$NABD_DIR/text"
ln -s small "$NABD_DIR/link"
head -c 65536 "$NABD_DIR/small" >"$NABD_DIR/cut"
truncate -s 20000 "$NABD_DIR/cut"
gives 0 ls
grep -q '^cut .*' "$work/out" || fail "a truncated queue is not listed"
grep -q '^text\|^link' "$work/out" && fail "what is no queue is listed"
gives 1 stat text
gives 1 rm text
[ -f "$NABD_DIR/text" ] || fail "rm removed what is no queue"
gives 0 rm cut

gives 0 ls small aligned
[ "$(wc -l <"$work/out")" = 3 ] || fail "ls of two: $(cat "$work/out")"
gives 3 ls small missing
said "missing: no such queue"
gives 3 stat missing small
grep -q '^small' "$work/out" || fail "stat stops at one that is missing"
gives 2 stat
gives 3 ls --dir "$NABD_DIR/nowhere"
grep -q "$(printf '\033')" "$work/out" "$work/err" && fail "colours in a file"

# On a terminal there are colours, unless NO_COLOR is set.
if command -v script >/dev/null; then
	TERM=xterm script -qec "'$nabd' ls" /dev/null </dev/null >"$work/tty"
	grep -q "$(printf '\033')\[" "$work/tty" || fail "no colours on a terminal"
	TERM=xterm NO_COLOR=1 script -qec "'$nabd' ls" /dev/null </dev/null >"$work/tty"
	grep -q "$(printf '\033')\[" "$work/tty" && fail "colours in spite of NO_COLOR"
fi

gives 3 rm small missing aligned
[ "$(nabd ls -q)" = leading.slash ] || fail "rm stops at one that is missing"
gives 0 rm -f missing
gives 3 rm missing
gives 2 rm
gives 2 rm "no/name"
gives 3 rm -g 3 leading.slash
said "no group 3"
gives 0 rm -f -g 3 leading.slash
gives 2 rm -g 17 leading.slash
gives 2 rm -g 0 leading.slash
gives 0 rm leading.slash
rm "$NABD_DIR/text" "$NABD_DIR/link"
rmdir "$NABD_DIR" || fail "something is left"
mkdir -m 700 "$NABD_DIR"
echo "create, ls, stat and rm do what they say"
