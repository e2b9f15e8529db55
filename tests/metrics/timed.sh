#!/bin/sh
# SPDX-License-Identifier: MIT
# What holds for queues holds for those whose messages have times: programs of the behaviour
# tests once more, in which each queue that is made has them. Left out are those that write
# to the file at places of their own, or ask for all its sizes.
set -eu
: "${top_builddir:?}" # make check sets it

status=0
for name in backlog backoff fork groups_arguments groups_death groups_end groups_evict \
	groups_letters groups_order groups_seek groups_share groups_start lifetime \
	overwrite overwrite_groups overwrite_race poll pressure pressure_inside receive \
	resume roles send wait_batch wait_ends wait_groups wait_space wait_gone \
	checkpoint groups_fork wait_any; do
	NABD_TEST_TIMESTAMPS=1 "$top_builddir/tests/behaviour/check_$name" || status=1
done

# Nor does it matter at which instruction of what is done with times a process is killed.
for call in push push-batch reserve-commit reserve-batch pop pop-batch peek-release \
	release-batch; do
	code=0
	NABD_TEST_TIMESTAMPS=1 "$top_builddir/tests/fault/kill_step" --op "$call" \
		--state head-wraps || code=$?
	case $code in
	0 | 77) ;;
	*) status=1 ;;
	esac
done

# And without a system call, where the clock needs none.
clock=/sys/devices/system/clocksource/clocksource0/current_clocksource
case $(cat "$clock" 2>/dev/null) in
tsc | kvm-clock | hyperv_clocksource_tsc_page | arch_sys_counter)
	NABD_TEST_TIMESTAMPS=1 "$top_builddir/tests/behaviour/check_hot_path" || status=1
	;;
*) echo "the clock may take system calls here" ;;
esac
exit $status
