# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# To be sourced: transfers between two builds of tests/stress/stress, each being a
# command line that may begin with an emulator. Sets queue_dir, which the caller
# removes.

queue_dir=$(mktemp -d /dev/shm/nabd-interop.XXXXXX)

# one_transfer PRODUCER CONSUMER SLOTS SLOT_SIZE ALIGN MESSAGES: the consumer's
# build looks on as well, through a read-only mapping.
one_transfer() {
	transfer_seed=$(date +%s)
	transfer_args="--name q --dir $queue_dir --slots $3 --slot-size $4 --align $5"
	transfer_args="$transfer_args --messages $6 --seed $transfer_seed"
	echo "$1 -> $2: $transfer_args"
	# shellcheck disable=SC2086 # words on purpose
	$1 --role producer $transfer_args &
	transfer_producer=$!
	# shellcheck disable=SC2086
	$2 --role observer $transfer_args &
	transfer_observer=$!
	# A consumer that fails leaves the others waiting for ever.
	# shellcheck disable=SC2086
	if ! $2 --role consumer $transfer_args; then
		kill "$transfer_producer" "$transfer_observer" 2>/dev/null || :
		return 1
	fi
	wait "$transfer_producer"
	wait "$transfer_observer"
	rm -f "$queue_dir/q"
}

# transfers A B MESSAGES: both ways, in queues of several shapes.
transfers() {
	for transfer_shape in '1 8 8' '2 1 0' '64 100 0' '1024 56 16' '256 1000 64' '8 9000 4096'; do
		# shellcheck disable=SC2086
		one_transfer "$1" "$2" $transfer_shape "$3"
		# shellcheck disable=SC2086
		one_transfer "$2" "$1" $transfer_shape "$3"
	done
}
