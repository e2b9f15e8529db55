# SPDX-License-Identifier: MIT
# The benchmark. It is built with the rest, so that it goes on compiling, and
# run by hand: BENCH_FLAGS='--quick' make run-bench.

noinst_PROGRAMS += bench/nabd-bench

bench_nabd_bench_SOURCES = \
	bench/bench.h bench/pool.h bench/spin.h \
	bench/clock.c bench/floor.c bench/json.c bench/main.c bench/peers.c \
	bench/pingpong.c bench/probe.c bench/queue.c bench/report.c bench/ring.c \
	bench/sample.c bench/stats.c bench/team.c
bench_nabd_bench_LDADD = lib/libnabd.la

EXTRA_DIST += bench/README.md

run-bench: bench/nabd-bench
	bench/nabd-bench $(BENCH_FLAGS)
