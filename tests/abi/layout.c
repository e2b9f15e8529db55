/* SPDX-License-Identifier: MIT */
/*
 * layout.c - what of nabd.h may never change. Nothing but assertions: compiled,
 * not run, for 64 and for 32 bits (layout.sh).
 *
 * Structs of nothing but numbers are the same on both. struct nabd_opts, struct
 * nabd_msg, struct nabd_join_opts, struct nabd_wait_item and struct nabd_backpressure
 * hold pointers and so differ in size; they never leave their process.
 */
#include <nabd/nabd.h>

#define SAME(what, number) _Static_assert((what) == (number), #what " is " #number)
#define AT(type, member, offset) SAME(offsetof(struct type, member), offset)

SAME(sizeof(enum nabd_error), 4);
SAME(NABD_OK, 0);
SAME(NABD_EMPTY, -1);
SAME(NABD_FULL, -2);
SAME(NABD_INVALID, -3);
SAME(NABD_NAME, -4);
SAME(NABD_RANGE, -5);
SAME(NABD_TOOBIG, -6);
SAME(NABD_BUFFER, -7);
SAME(NABD_STATE, -8);
SAME(NABD_ROLE, -9);
SAME(NABD_BUSY, -10);
SAME(NABD_FORKED, -11);
SAME(NABD_NOTFOUND, -12);
SAME(NABD_EXISTS, -13);
SAME(NABD_ACCESS, -14);
SAME(NABD_OWNER, -15);
SAME(NABD_UNSAFE, -16);
SAME(NABD_NOTQUEUE, -17);
SAME(NABD_TRUNCATED, -18);
SAME(NABD_FORMAT, -19);
SAME(NABD_BYTEORDER, -20);
SAME(NABD_CORRUPT, -21);
SAME(NABD_GEOMETRY, -22);
SAME(NABD_NOSPACE, -23);
SAME(NABD_NOMEM, -24);
SAME(NABD_SYSTEM, -25);
SAME(NABD_DROPPED, -26);
SAME(NABD_EVICTED, -27);
SAME(NABD_LAPPED, -28);
SAME(NABD_TIMEOUT, -29);
SAME(NABD_WOKEN, -30);
SAME(NABD_UNLINKED, -31);
SAME(NABD_NOPRODUCER, -32);
SAME(NABD_FOREIGN, -33);
SAME(NABD_NOTCHECKPOINT, -34);

SAME(NABD_CREATE, 0x01);
SAME(NABD_EXCL, 0x02);
SAME(NABD_PRODUCER, 0x04);
SAME(NABD_CONSUMER, 0x08);
SAME(NABD_OBSERVE, 0x10);
SAME(NABD_OVERWRITE, 0x20);
SAME(NABD_TIMESTAMPS, 0x40);

SAME(NABD_PREFAULT, 0x01);
SAME(NABD_MLOCK, 0x02);
SAME(NABD_ANY_OWNER, 0x04);
SAME(NABD_OWNER_UID, 0x08);
SAME(NABD_SET_GROUP, 0x10);
SAME(NABD_HUGE_PAGES, 0x20);

SAME(NABD_STATE_PRODUCER, 0x01);
SAME(NABD_STATE_CONSUMER, 0x02);
SAME(NABD_STATE_GROUP0, 0x04);
SAME(NABD_STATE_UNLINKED, 0x08);
SAME(NABD_STATE_OVERWRITE, 0x10);
SAME(NABD_STATE_TIMESTAMPS, 0x80);

SAME(NABD_MSG_REDELIVERED, 0x01);

SAME(NABD_MAX_GROUPS, 16);
SAME(NABD_MAX_MEMBERS, 16);
SAME(NABD_JOIN_OLDEST, 0x01);
SAME(NABD_JOIN_NEWEST, 0x02);
SAME(NABD_JOIN_SEQUENCE, 0x04);
SAME(NABD_GROUP_EPHEMERAL, 0x08);

SAME(NABD_RESUME_OLDEST, 0x01);
SAME(NABD_RESUME_NEWEST, 0x02);
SAME(NABD_RESUMED_EXACT, 0);
SAME(NABD_RESUMED_GAP, 1);
SAME(NABD_RESUMED_OTHER, 2);

SAME(NABD_GROUP_STATE_EPHEMERAL, 0x01);
SAME(NABD_GROUP_STATE_ALIVE, 0x02);
SAME(NABD_GROUP_STATE_HOLDS, 0x04);

SAME(NABD_WAIT_UNLINK, 0x01);
SAME(NABD_WAIT_PRODUCER, 0x02);
SAME(NABD_WAIT_SLICE_NS, 100000000);
SAME(NABD_WAIT_ANY_MAX, 64);

AT(nabd_opts, size, 0);
AT(nabd_opts, flags, 4);
AT(nabd_opts, mode, 8);
AT(nabd_opts, align, 12);
AT(nabd_opts, owner, 16);
AT(nabd_opts, group, 20);
AT(nabd_opts, dir, 24);

AT(nabd_memory, size, 0);
AT(nabd_memory, page, 4);
AT(nabd_memory, huge_page, 8);
AT(nabd_memory, bytes, 16);
AT(nabd_memory, mapped, 24);
AT(nabd_memory, locked, 32);
AT(nabd_memory, huge, 40);
AT(nabd_memory, swapped, 48);

AT(nabd_stats, size, 0);
AT(nabd_stats, state, 4);
AT(nabd_stats, slots, 8);
AT(nabd_stats, slot_size, 12);
AT(nabd_stats, stride, 16);
AT(nabd_stats, align, 20);
AT(nabd_stats, head, 24);
AT(nabd_stats, tail, 32);
AT(nabd_stats, position, 40);
AT(nabd_stats, bytes, 48);
AT(nabd_stats, full_count, 56);
AT(nabd_stats, producer_epoch, 64);
AT(nabd_stats, created_ns, 72);
AT(nabd_stats, incarnation, 80);
SAME(sizeof(struct nabd_stats), 96);

SAME(NABD_LATENCY_BUCKETS, 336);
SAME(NABD_LATENCY_ALL, 0xffffffff);

AT(nabd_latency, size, 0);
AT(nabd_latency, reserved, 4);
AT(nabd_latency, created_ns, 8);
AT(nabd_latency, now_ns, 16);
AT(nabd_latency, count, 24);
AT(nabd_latency, unmeasured, 32);
AT(nabd_latency, sum_ns, 40);
AT(nabd_latency, max_ns, 48);
AT(nabd_latency, bucket, 56);
SAME(sizeof(struct nabd_latency), 56 + 336 * 8);

AT(nabd_latency_summary, size, 0);
AT(nabd_latency_summary, reserved, 4);
AT(nabd_latency_summary, count, 8);
AT(nabd_latency_summary, unmeasured, 16);
AT(nabd_latency_summary, mean_ns, 24);
AT(nabd_latency_summary, min_ns, 32);
AT(nabd_latency_summary, p50_ns, 40);
AT(nabd_latency_summary, p90_ns, 48);
AT(nabd_latency_summary, p99_ns, 56);
AT(nabd_latency_summary, p99_9_ns, 64);
AT(nabd_latency_summary, max_ns, 72);
SAME(sizeof(struct nabd_latency_summary), 80);

AT(nabd_join_opts, size, 0);
AT(nabd_join_opts, flags, 4);
AT(nabd_join_opts, max_deliveries, 8);
AT(nabd_join_opts, max_stall_ms, 12);
AT(nabd_join_opts, max_lag, 16);
AT(nabd_join_opts, sequence, 24);
AT(nabd_join_opts, dead_letter, 32);

AT(nabd_consumer_stats, size, 0);
AT(nabd_consumer_stats, group, 4);
AT(nabd_consumer_stats, state, 8);
AT(nabd_consumer_stats, reserved, 12);
AT(nabd_consumer_stats, joined, 16);
AT(nabd_consumer_stats, claimed, 24);
AT(nabd_consumer_stats, redelivered, 32);
AT(nabd_consumer_stats, held, 40);
AT(nabd_consumer_stats, nacked, 48);
AT(nabd_consumer_stats, dead_letters, 56);
AT(nabd_consumer_stats, lost, 64);
AT(nabd_consumer_stats, gap, 72);
SAME(sizeof(struct nabd_consumer_stats), 80);

AT(nabd_group_info, size, 0);
AT(nabd_group_info, group, 4);
AT(nabd_group_info, state, 8);
AT(nabd_group_info, members, 12);
AT(nabd_group_info, holding, 16);
AT(nabd_group_info, max_deliveries, 20);
AT(nabd_group_info, max_stall_ms, 24);
AT(nabd_group_info, reserved, 28);
AT(nabd_group_info, max_lag, 32);
AT(nabd_group_info, position, 40);
AT(nabd_group_info, low, 48);
AT(nabd_group_info, lag, 56);
AT(nabd_group_info, made, 64);
SAME(sizeof(struct nabd_group_info), 72);

AT(nabd_member_info, size, 0);
AT(nabd_member_info, group, 4);
AT(nabd_member_info, member, 8);
AT(nabd_member_info, alive, 12);
AT(nabd_member_info, first, 16);
AT(nabd_member_info, held, 24);
AT(nabd_member_info, deliveries, 32);
AT(nabd_member_info, reserved, 36);
SAME(sizeof(struct nabd_member_info), 40);

AT(nabd_wait_opts, size, 0);
AT(nabd_wait_opts, flags, 4);
AT(nabd_wait_opts, spin_ns, 8);
AT(nabd_wait_opts, yield_ns, 16);
AT(nabd_wait_opts, slice_ns, 24);
SAME(sizeof(struct nabd_wait_opts), 32);

AT(nabd_backpressure, size, 0);
AT(nabd_backpressure, high, 4);
AT(nabd_backpressure, low, 8);
AT(nabd_backpressure, reserved, 12);
AT(nabd_backpressure, on_high, 16);

AT(nabd_backoff_opts, size, 0);
AT(nabd_backoff_opts, retries, 4);
AT(nabd_backoff_opts, base_ns, 8);
AT(nabd_backoff_opts, cap_ns, 16);
SAME(sizeof(struct nabd_backoff_opts), 24);

AT(nabd_backoff, tried, 0);
AT(nabd_backoff, retries, 4);
AT(nabd_backoff, delay_ns, 8);
AT(nabd_backoff, cap_ns, 16);
AT(nabd_backoff, chance, 24);
SAME(sizeof(nabd_backoff_t), 32);

AT(nabd_wait_item, q, 0);

AT(nabd_checkpoint, size, 0);
AT(nabd_checkpoint, group, 4);
AT(nabd_checkpoint, incarnation, 8);
AT(nabd_checkpoint, sequence, 24);
AT(nabd_checkpoint, head, 32);
AT(nabd_checkpoint, saved_ns, 40);
AT(nabd_checkpoint, saves, 48);
SAME(sizeof(struct nabd_checkpoint), 56);

AT(nabd_resume, size, 0);
AT(nabd_resume, flags, 4);
AT(nabd_resume, sequence, 8);
AT(nabd_resume, lost, 16);
AT(nabd_resume, state, 24);
AT(nabd_resume, reserved, 28);
SAME(sizeof(struct nabd_resume), 32);

AT(nabd_metrics, size, 0);
AT(nabd_metrics, state, 4);
AT(nabd_metrics, slots, 8);
AT(nabd_metrics, fill, 12);
AT(nabd_metrics, fill_percent, 16);
AT(nabd_metrics, high_fill, 20);
AT(nabd_metrics, head, 24);
AT(nabd_metrics, tail, 32);
AT(nabd_metrics, bytes, 40);
AT(nabd_metrics, full_count, 48);
AT(nabd_metrics, reader_wakes, 56);
AT(nabd_metrics, producer_wakes, 64);
AT(nabd_metrics, evictions, 72);
AT(nabd_metrics, lost, 80);
AT(nabd_metrics, producer_epoch, 88);
AT(nabd_metrics, progress_ns, 96);
AT(nabd_metrics, now_ns, 104);
AT(nabd_metrics, created_ns, 112);
SAME(sizeof(struct nabd_metrics), 120);

AT(nabd_group_metrics, size, 0);
AT(nabd_group_metrics, group, 4);
AT(nabd_group_metrics, state, 8);
AT(nabd_group_metrics, owner, 12);
AT(nabd_group_metrics, members, 16);
AT(nabd_group_metrics, holding, 20);
AT(nabd_group_metrics, ended, 24);
AT(nabd_group_metrics, reserved, 28);
AT(nabd_group_metrics, made, 32);
AT(nabd_group_metrics, position, 40);
AT(nabd_group_metrics, low, 48);
AT(nabd_group_metrics, lag, 56);
AT(nabd_group_metrics, high_lag, 64);
AT(nabd_group_metrics, wakes, 72);
AT(nabd_group_metrics, claimed, 80);
AT(nabd_group_metrics, redelivered, 88);
AT(nabd_group_metrics, nacked, 96);
AT(nabd_group_metrics, dead_letters, 104);
AT(nabd_group_metrics, lost, 112);
AT(nabd_group_metrics, evictions, 120);
AT(nabd_group_metrics, progress_ns, 128);
SAME(sizeof(struct nabd_group_metrics), 136);

AT(nabd_member_metrics, size, 0);
AT(nabd_member_metrics, group, 4);
AT(nabd_member_metrics, member, 8);
AT(nabd_member_metrics, alive, 12);
AT(nabd_member_metrics, held, 16);
AT(nabd_member_metrics, first, 24);
AT(nabd_member_metrics, claimed, 32);
AT(nabd_member_metrics, redelivered, 40);
AT(nabd_member_metrics, nacked, 48);
AT(nabd_member_metrics, dead_letters, 56);
AT(nabd_member_metrics, progress_ns, 64);
SAME(sizeof(struct nabd_member_metrics), 72);

AT(nabd_rates, seconds, 8);
AT(nabd_rates, lost, 64);
SAME(sizeof(struct nabd_rates), 72);

SAME(NABD_STATE_FULL, 0x20);
SAME(NABD_STATE_PRESSURED, 0x40);
SAME(NABD_GROUP_OWNER_NONE, 0);
SAME(NABD_GROUP_OWNER_ALIVE, 1);
SAME(NABD_GROUP_OWNER_DEAD, 2);
SAME(NABD_METRICS_TEXT, 0);
SAME(NABD_METRICS_JSON, 1);
SAME(NABD_METRICS_PROMETHEUS, 2);
SAME(NABD_RECOVER_DO, 0x01);
SAME(NABD_RECOVER_REMOVE, 0x02);
SAME(NABD_RECOVER_DISCARD, 0x04);

#if UINTPTR_MAX > 0xffffffffu
SAME(sizeof(struct nabd_opts), 32);
AT(nabd_msg, data, 0);
AT(nabd_msg, sequence, 8);
AT(nabd_msg, len, 16);
AT(nabd_msg, flags, 20);
AT(nabd_msg, deliveries, 24);
AT(nabd_msg, reserved, 28);
SAME(sizeof(struct nabd_msg), 32);
AT(nabd_join_opts, dead_letter_arg, 40);
AT(nabd_join_opts, dead_letters, 48);
SAME(sizeof(struct nabd_join_opts), 56);
AT(nabd_wait_item, consumer, 8);
AT(nabd_wait_item, result, 16);
AT(nabd_wait_item, reserved, 20);
SAME(sizeof(struct nabd_wait_item), 24);
AT(nabd_backpressure, on_low, 24);
AT(nabd_backpressure, on_full, 32);
AT(nabd_backpressure, arg, 40);
SAME(sizeof(struct nabd_backpressure), 48);
#else
SAME(sizeof(struct nabd_opts), 28);
SAME(sizeof(struct nabd_wait_item), 16);
SAME(sizeof(struct nabd_backpressure), 32);
#endif
