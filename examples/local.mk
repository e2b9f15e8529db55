# SPDX-License-Identifier: MIT
# The examples: built by `make`, run by tests/behaviour/examples.sh, not installed.

example_programs = \
	examples/simple_producer \
	examples/simple_consumer \
	examples/reserve_commit \
	examples/batch \
	examples/group_worker \
	examples/broadcast \
	examples/epoll \
	examples/wait_backpressure \
	examples/checkpoint \
	examples/monitor \
	examples/demo_send \
	examples/demo_recv

noinst_PROGRAMS += $(example_programs)

examples_simple_producer_SOURCES = examples/simple_producer.c
examples_simple_producer_LDADD = lib/libnabd.la

examples_simple_consumer_SOURCES = examples/simple_consumer.c
examples_simple_consumer_LDADD = lib/libnabd.la

examples_reserve_commit_SOURCES = examples/reserve_commit.c
examples_reserve_commit_LDADD = lib/libnabd.la

examples_batch_SOURCES = examples/batch.c
examples_batch_LDADD = lib/libnabd.la

examples_group_worker_SOURCES = examples/group_worker.c examples/demo.h
examples_group_worker_LDADD = lib/libnabd.la

examples_broadcast_SOURCES = examples/broadcast.c
examples_broadcast_LDADD = lib/libnabd.la

examples_epoll_SOURCES = examples/epoll.c
examples_epoll_LDADD = lib/libnabd.la

examples_wait_backpressure_SOURCES = examples/wait_backpressure.c
examples_wait_backpressure_LDADD = lib/libnabd.la

examples_checkpoint_SOURCES = examples/checkpoint.c
examples_checkpoint_LDADD = lib/libnabd.la
examples_monitor_SOURCES = examples/monitor.c
examples_monitor_LDADD = lib/libnabd.la

examples_demo_send_SOURCES = examples/demo_send.c examples/demo.h
examples_demo_send_LDADD = lib/libnabd.la

examples_demo_recv_SOURCES = examples/demo_recv.c examples/demo.h
examples_demo_recv_LDADD = lib/libnabd.la
