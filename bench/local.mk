# SPDX-License-Identifier: MIT
# The benchmark. It is built with the rest, so that it goes on compiling, and
# run by hand: BENCH_FLAGS='--quick' make run-bench.

noinst_PROGRAMS += bench/nabd-bench bench/nabd-calls

bench_nabd_bench_SOURCES = \
	bench/bench.h bench/end.h bench/peer.h bench/pool.h bench/single.h bench/spin.h \
	bench/ticks.h bench/touch.h \
	bench/clock.c bench/floor.c bench/groups.c bench/inline.c bench/json.c bench/main.c \
	bench/modules.c bench/floor_long.c bench/others.c bench/over.c bench/paced.c \
	bench/peers.c bench/pingpong.c bench/probe.c bench/queue.c bench/report.c \
	bench/ring.c bench/rows.c bench/sample.c bench/sleep.c bench/stats.c bench/team.c
bench_nabd_bench_LDADD = lib/libnabd.la -ldl

bench_nabd_calls_SOURCES = bench/bench.h bench/calls.c bench/calls_inline.c bench/calls_inline.h
bench_nabd_calls_LDADD = lib/libnabd.la

EXTRA_DIST += bench/README.md bench/instructions.sh bench/instructions.txt \
	bench/instructions-check.sh bench/plot.py \
	bench/plot_growth.py bench/plot_peers.py bench/tables.py bench/peers/iceoryx.cc \
	bench/peer_loops.h bench/peers/build.sh bench/peers/boost.cc bench/peers/ck.c \
	bench/peers/dpdk.c bench/peers/mq.c bench/peers/nng.c bench/peers/qb.c bench/peers/zmq.c
CLEANFILES += bench/bench.json bench/growth.json bench/growth.svg \
	bench/growth.png bench/groups.svg bench/groups.png bench/peers.svg \
	bench/peers.png bench/peers/*.so

# With every peer whose library is installed.
bench-peers:
	CC='$(CC)' CXX='$(CXX)' $(SHELL) $(srcdir)/bench/peers/build.sh bench/peers

run-bench: bench/nabd-bench bench-peers
	bench/nabd-bench --peers bench/peers $(BENCH_FLAGS)

# Counted, not timed: needs valgrind.
bench-instructions: bench/nabd-calls
	$(SHELL) $(srcdir)/bench/instructions.sh bench/nabd-calls \
		'$(LIBTOOL) --mode=execute valgrind'

check-instructions: bench/nabd-calls
	$(SHELL) $(srcdir)/bench/instructions-check.sh $(srcdir)/bench/instructions.txt \
		'$(CC)' '$(CFLAGS)' $(SHELL) $(srcdir)/bench/instructions.sh bench/nabd-calls \
		'$(LIBTOOL) --mode=execute valgrind'

# PYTHON must have matplotlib (Debian: python3-matplotlib).
bench-plot: bench/bench.json
	$${PYTHON:-python3} -B $(srcdir)/bench/plot.py bench/bench.json bench/groups.svg \
		bench/groups.png
	$${PYTHON:-python3} -B $(srcdir)/bench/plot_peers.py bench/bench.json bench/peers.svg \
		bench/peers.png

# What grows with groups, members, ring, message and processes: table and picture.
bench-growth: bench/nabd-bench
	bench/nabd-bench --growth $(BENCH_FLAGS) --json bench/growth.json
	$${PYTHON:-python3} -B $(srcdir)/bench/plot_growth.py bench/growth.json \
		bench/growth.svg bench/growth.png

bench-tables: bench/bench.json
	$${PYTHON:-python3} -B $(srcdir)/bench/tables.py bench/bench.json

# One run for both; remove it for another.
bench/bench.json:
	$(MAKE) bench/nabd-bench bench-peers
	bench/nabd-bench --peers bench/peers $(BENCH_FLAGS) --json bench/bench.json
