# SPDX-License-Identifier: MIT
# The manual, written by hand in mdoc(7); tests/lint/check-contract.py holds it
# against the header, the library and the tests.
dist_man_MANS += \
	man/man3/nabd_abort.3 \
	man/man3/nabd_arm.3 \
	man/man3/nabd_backoff_begin.3 \
	man/man3/nabd_backoff_wait.3 \
	man/man3/nabd_checkpoint_auto.3 \
	man/man3/nabd_checkpoint_load.3 \
	man/man3/nabd_checkpoint_save.3 \
	man/man3/nabd_checkpoint_status.3 \
	man/man3/nabd_close.3 \
	man/man3/nabd_commit.3 \
	man/man3/nabd_commit_batch.3 \
	man/man3/nabd_consumer_arm.3 \
	man/man3/nabd_consumer_close.3 \
	man/man3/nabd_consumer_fd.3 \
	man/man3/nabd_consumer_join.3 \
	man/man3/nabd_consumer_join_opts.3 \
	man/man3/nabd_consumer_nack.3 \
	man/man3/nabd_consumer_peek.3 \
	man/man3/nabd_consumer_peek_batch.3 \
	man/man3/nabd_consumer_peek_batch_wait.3 \
	man/man3/nabd_consumer_peek_msg.3 \
	man/man3/nabd_consumer_peek_msg_wait.3 \
	man/man3/nabd_consumer_peek_wait.3 \
	man/man3/nabd_consumer_pop.3 \
	man/man3/nabd_consumer_pop_batch.3 \
	man/man3/nabd_consumer_pop_batch_wait.3 \
	man/man3/nabd_consumer_pop_wait.3 \
	man/man3/nabd_consumer_release.3 \
	man/man3/nabd_consumer_release_batch.3 \
	man/man3/nabd_consumer_resume.3 \
	man/man3/nabd_consumer_seek.3 \
	man/man3/nabd_consumer_set_wait.3 \
	man/man3/nabd_consumer_stats.3 \
	man/man3/nabd_consumer_wake.3 \
	man/man3/nabd_diagnose.3 \
	man/man3/nabd_empty.3 \
	man/man3/nabd_error_name.3 \
	man/man3/nabd_fd.3 \
	man/man3/nabd_fill_level.3 \
	man/man3/nabd_full.3 \
	man/man3/nabd_group_drop.3 \
	man/man3/nabd_group_look.3 \
	man/man3/nabd_group_metrics_get.3 \
	man/man3/nabd_is_pressured.3 \
	man/man3/nabd_latency_get.3 \
	man/man3/nabd_latency_since.3 \
	man/man3/nabd_latency_summary.3 \
	man/man3/nabd_lost.3 \
	man/man3/nabd_member_look.3 \
	man/man3/nabd_member_metrics_get.3 \
	man/man3/nabd_message_time.3 \
	man/man3/nabd_metrics_format.3 \
	man/man3/nabd_metrics_get.3 \
	man/man3/nabd_metrics_rates.3 \
	man/man3/nabd_min_tail.3 \
	man/man3/nabd_open.3 \
	man/man3/nabd_open_opts.3 \
	man/man3/nabd_peek.3 \
	man/man3/nabd_peek_batch.3 \
	man/man3/nabd_peek_batch_wait.3 \
	man/man3/nabd_peek_msg.3 \
	man/man3/nabd_peek_msg_wait.3 \
	man/man3/nabd_peek_wait.3 \
	man/man3/nabd_pop.3 \
	man/man3/nabd_pop_batch.3 \
	man/man3/nabd_pop_batch_wait.3 \
	man/man3/nabd_pop_wait.3 \
	man/man3/nabd_push.3 \
	man/man3/nabd_push_backoff.3 \
	man/man3/nabd_push_batch.3 \
	man/man3/nabd_push_batch_wait.3 \
	man/man3/nabd_push_wait.3 \
	man/man3/nabd_recover.3 \
	man/man3/nabd_release.3 \
	man/man3/nabd_release_batch.3 \
	man/man3/nabd_reserve.3 \
	man/man3/nabd_reserve_batch.3 \
	man/man3/nabd_reserve_batch_wait.3 \
	man/man3/nabd_reserve_wait.3 \
	man/man3/nabd_set_backpressure.3 \
	man/man3/nabd_set_wait.3 \
	man/man3/nabd_stats.3 \
	man/man3/nabd_strerror.3 \
	man/man3/nabd_unlink.3 \
	man/man3/nabd_unlink_opts.3 \
	man/man3/nabd_version.3 \
	man/man3/nabd_wait_any.3 \
	man/man3/nabd_wake.3 \
	man/man5/nabd-checkpoint.5 \
	man/man5/nabd-segment.5 \
	man/man7/nabd-inline.7 \
	man/man7/nabd-probes.7 \
	man/man7/nabd.7

# The parts of the checker, and its proof that it can fail.
LINT_TESTS += tests/lint/contract/self-test.py
EXTRA_DIST += \
	tests/lint/contract/header.py \
	tests/lint/contract/inputs.py \
	tests/lint/contract/page.py \
	tests/lint/contract/programs.py \
	tests/lint/contract/rules.py \
	tests/lint/contract/selftest.py \
	tests/lint/contract/waived.txt
