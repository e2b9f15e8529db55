#!/bin/sh
# SPDX-License-Identifier: MIT
# The examples do what they say: each one alone, the pairs as two processes.
set -eu

top_builddir=${top_builddir:-.}
bin=$top_builddir/examples

if [ ! -x "$bin/simple_producer" ]; then
	echo "skipped: the examples are not built (--disable-examples)"
	exit 77
fi

# Files in one place, queues in another: shared memory is no place for files.
work=$(mktemp -d "${TMPDIR:-/tmp}/nabd-examples-$$-XXXXXX")
NABD_DIR=/dev/shm/nabd-examples-$$
export NABD_DIR
mkdir -m 700 "$NABD_DIR"
pid=
cleanup()
{
	[ -z "$pid" ] || kill "$pid" 2> /dev/null || true
	rm -rf "$work" "$NABD_DIR"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

fail()
{
	echo "examples.sh: $*" >&2
	exit 1
}

no_queues_left()
{
	rmdir "$NABD_DIR" || fail "$1 left a queue behind"
	mkdir -m 700 "$NABD_DIR"
}

lines()
{
	i=1
	while [ "$i" -le "$1" ]; do
		echo "message $i of $1"
		i=$((i + 1))
	done
}

# One after the other: what was sent waits for the consumer.
"$bin/simple_producer" > "$work/out"
grep -qx 'sent 10 messages' "$work/out" || fail "simple_producer said: $(cat "$work/out")"
lines 10 > "$work/want"
"$bin/simple_consumer" > "$work/got"
cmp "$work/want" "$work/got"
no_queues_left "the simple pair, one after the other"

# Both at once, with many more messages than slots: the producer must wait.
lines 5000 > "$work/want"
"$bin/simple_producer" /pair 5000 > "$work/out" &
pid=$!
while [ ! -e "$NABD_DIR/pair" ]; do
	kill -0 "$pid" || fail "simple_producer ended without a queue"
	sleep 0.01
done
"$bin/simple_consumer" /pair > "$work/got"
wait "$pid" || fail "simple_producer failed"
pid=
cmp "$work/want" "$work/got"
no_queues_left "the simple pair, both at once"

if "$bin/simple_consumer" /missing > "$work/out" 2>&1; then
	fail "simple_consumer found a queue that is not there"
fi
grep -q missing "$work/out" || fail "simple_consumer did not say what is missing"

"$bin/reserve_commit" > "$work/got"
cat > "$work/want" <<-END
	sensor 1: 10 values, sum 10.45
	sensor 2: 20 values, sum 41.90
	sensor 3: 30 values, sum 94.35
	sensor 4: 40 values, sum 167.80
END
cmp "$work/want" "$work/got"
no_queues_left reserve_commit

"$bin/batch" > "$work/got"
cat > "$work/want" <<-END
	sent 5 copies
	sent 8 in place
	copy: one
	copy: two
	copy: three
	copy: four
	copy: five
	message 5: square of 0 is 0
	message 6: square of 1 is 1
	message 7: square of 2 is 4
	message 8: square of 3 is 9
	message 9: square of 4 is 16
	message 10: square of 5 is 25
	message 11: square of 6 is 36
	message 12: square of 7 is 49
END
cmp "$work/want" "$work/got"
no_queues_left batch

# Every group sees all; the one that does not read is evicted, and told so exactly.
"$bin/broadcast" > "$work/out"
cat > "$work/want" <<-END
	group 1: 1 member, lag 0
	group 2: 1 member, lag 0, ephemeral
	archive: 24 messages, from 0 to 23
	screen: 24 messages, from 0 to 23
	laggard: 1 messages, from 0 to 0
END
head -n 5 "$work/out" > "$work/got"
cmp "$work/want" "$work/got"
sed -n 6p "$work/out" | grep -Eqx 'laggard: evicted, ([89]|1[0-6]) messages missed' ||
	fail "broadcast said: $(cat "$work/out")"
no_queues_left broadcast

# Killed at 7, on from what was saved at 5; then the queue is another one.
"$bin/checkpoint" /checkpoint "$work/checkpoint" > "$work/got"
cat > "$work/want" <<-END
	no checkpoint: the first time
	killed at message 7
	on from message 5
	done; the sum is 56
	not there any more: the checkpoint is of another queue or group
	another queue: from its message 0
	done; the sum is 3
END
cmp "$work/want" "$work/got"
no_queues_left checkpoint

# Every job is done once; the one whose worker died, by another.
"$bin/group_worker" show /workers 3 40 > "$work/out"
grep -q '^worker [0-9]* is killed in the midst of job 3$' "$work/out" || fail "no worker died"
sed -n 's/^worker [0-9]* has done \(job [0-9]*\).*/\1/p' "$work/out" | sort > "$work/got"
i=0
while [ "$i" -lt 40 ]; do
	echo "job $i"
	i=$((i + 1))
done | sort > "$work/want"
cmp "$work/want" "$work/got"
grep -q '^worker [0-9]* has done job 3 (delivery 2)$' "$work/out" || fail "job 3 came once"
tail -n 1 "$work/out" | grep -qx '40 jobs done by 3 workers, of which 1 died' ||
	fail "group_worker said: $(cat "$work/out")"
no_queues_left "group_worker show"

# By hand: a worker is killed while it is busy, the next one goes on with its job.
: > "$work/out" # what was said before is not waited for
"$bin/group_worker" send /workers 5
"$bin/group_worker" work /workers 600000 > "$work/out" &
pid=$!
until grep -q 'begins job 0$' "$work/out"; do
	kill -0 "$pid" || fail "the worker ended: $(cat "$work/out")"
	sleep 0.01
done
kill -KILL "$pid"
wait "$pid" || :
"$bin/group_worker" work /workers 1 > "$work/out" &
pid=$!
until grep -q 'has done job 4' "$work/out"; do
	kill -0 "$pid" || fail "the worker ended: $(cat "$work/out")"
	sleep 0.01
done
kill -TERM "$pid"
wait "$pid" || fail "a worker that was told to end failed"
pid=
grep -q 'has done job 0 (delivery 2)$' "$work/out" || fail "job 0 is lost: $(cat "$work/out")"
rm "$NABD_DIR/workers"
no_queues_left "group_worker by hand"

# Three queues in one event loop: each gives all that was sent, whichever came first.
"$bin/epoll" /epoll 100 > "$work/got"
cat > "$work/want" <<-END
	/epoll-1: 100 messages, sum 5050
	/epoll-2: 100 messages, sum 5050
	/epoll-3: 100 messages, sum 5050
END
cmp "$work/want" "$work/got"
no_queues_left epoll
"$bin/simple_producer" /epoll-2 > /dev/null
if "$bin/epoll" /epoll 10 > "$work/out" 2>&1; then
	fail "epoll used a queue that was there"
fi
"$bin/simple_consumer" /epoll-2 > /dev/null
no_queues_left "epoll on a queue that was there"

# It checks its own counts, which depend on who is how slow.
"$bin/wait_backpressure" > "$work/out" || fail "wait_backpressure said: $(cat "$work/out")"
tail -n 1 "$work/out" | grep -qx 'all 20 important messages arrived' ||
	fail "wait_backpressure said: $(cat "$work/out")"
no_queues_left wait_backpressure

# The demo, either side first, on files of nothing, a bit, and some megabytes.
: > "$work/empty"
printf 'short' > "$work/short"
head -c 6000001 /dev/urandom > "$work/long"
for file in empty short long; do
	bytes=$(wc -c < "$work/$file")
	messages=$(((bytes + 4095) / 4096))
	for first in demo_send demo_recv; do
		rm -f "$work/got"
		if [ "$first" = demo_send ]; then
			"$bin/demo_send" /demo "$work/$file" > "$work/sent" &
			pid=$!
			"$bin/demo_recv" /demo "$work/got" > "$work/received"
		else
			"$bin/demo_recv" /demo "$work/got" > "$work/received" &
			pid=$!
			"$bin/demo_send" /demo "$work/$file" > "$work/sent"
		fi
		wait "$pid" || fail "$first failed on $file"
		pid=
		cmp "$work/$file" "$work/got"
		for side in sent received; do
			grep -q ": $messages messages, $bytes bytes, " "$work/$side" ||
				fail "wrong report on $file: $(cat "$work/$side")"
		done
		no_queues_left "the demo, $first first, on $file,"
	done
done

# Interrupted, the sender removes the queue that it made.
"$bin/demo_send" /demo "$work/long" > "$work/sent" 2>&1 &
pid=$!
while [ ! -e "$NABD_DIR/demo" ]; do
	kill -0 "$pid" || fail "demo_send ended without a queue"
	sleep 0.01
done
kill -TERM "$pid"
if wait "$pid"; then
	fail "an interrupted demo_send reported success"
fi
pid=
grep -q interrupted "$work/sent" || fail "demo_send said: $(cat "$work/sent")"
no_queues_left "an interrupted demo_send"

# It does not send into a queue that somebody else made.
"$bin/simple_producer" /demo > /dev/null
if "$bin/demo_send" /demo "$work/short" > "$work/out" 2>&1; then
	fail "demo_send used a queue that was there"
fi
"$bin/simple_consumer" /demo > /dev/null
no_queues_left "demo_send on a queue that was there"
echo "all examples work"
