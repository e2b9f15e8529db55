# SPDX-License-Identifier: MIT
# One behaviour in all languages: C's part of it is built and run by make check.
bindings_programs = \
	bindings/conformance/bench \
	bindings/conformance/conformance \
	bindings/conformance/peer
check_PROGRAMS += $(bindings_programs)
bindings_conformance_bench_SOURCES = bindings/conformance/c/bench.c
bindings_conformance_bench_LDADD = lib/libnabd.la
bindings_conformance_peer_SOURCES = bindings/conformance/c/peer.c
bindings_conformance_peer_LDADD = lib/libnabd.la
bindings_conformance_conformance_SOURCES = \
	bindings/conformance/c/keep.c \
	bindings/conformance/c/look.c \
	bindings/conformance/c/receive.c \
	bindings/conformance/c/run.c \
	bindings/conformance/c/run.h \
	bindings/conformance/c/send.c \
	bindings/conformance/c/wait.c \
	bindings/conformance/c/words.c
bindings_conformance_conformance_LDADD = lib/libnabd.la

TESTS += bindings/conformance/cases.sh bindings/conformance/matrix.sh
dist_check_SCRIPTS += \
	bindings/conformance/cases.sh \
	bindings/conformance/matrix.py \
	bindings/conformance/matrix.sh \
	bindings/conformance/run-cases.py

EXTRA_DIST += bindings/conformance/README.md bindings/conformance/bench.py
EXTRA_DIST += \
	bindings/conformance/cases/backoff.case \
	bindings/conformance/cases/backpressure.case \
	bindings/conformance/cases/batch-receive.case \
	bindings/conformance/cases/batch-send.case \
	bindings/conformance/cases/checkpoint-auto.case \
	bindings/conformance/cases/checkpoint-back.case \
	bindings/conformance/cases/checkpoint-foreign.case \
	bindings/conformance/cases/checkpoint-lost.case \
	bindings/conformance/cases/checkpoint.case \
	bindings/conformance/cases/closed.case \
	bindings/conformance/cases/dead-letter-callback.case \
	bindings/conformance/cases/dead-letter-queue.case \
	bindings/conformance/cases/dead-letter-refused.case \
	bindings/conformance/cases/descriptor-sender.case \
	bindings/conformance/cases/descriptor.case \
	bindings/conformance/cases/diagnose.case \
	bindings/conformance/cases/errors.case \
	bindings/conformance/cases/fill.case \
	bindings/conformance/cases/group-begin.case \
	bindings/conformance/cases/group-drop.case \
	bindings/conformance/cases/group-ephemeral.case \
	bindings/conformance/cases/group-evict.case \
	bindings/conformance/cases/group-hold.case \
	bindings/conformance/cases/group-peek-batch.case \
	bindings/conformance/cases/group-share.case \
	bindings/conformance/cases/latency.case \
	bindings/conformance/cases/members.case \
	bindings/conformance/cases/metrics-format.case \
	bindings/conformance/cases/metrics.case \
	bindings/conformance/cases/nack.case \
	bindings/conformance/cases/no-reader-yet.case \
	bindings/conformance/cases/open-create.case \
	bindings/conformance/cases/open-options.case \
	bindings/conformance/cases/open-refused.case \
	bindings/conformance/cases/overwrite-group.case \
	bindings/conformance/cases/overwrite-peeked.case \
	bindings/conformance/cases/overwrite.case \
	bindings/conformance/cases/peek-release.case \
	bindings/conformance/cases/pop-buffer.case \
	bindings/conformance/cases/push-pop.case \
	bindings/conformance/cases/redelivery-waiting.case \
	bindings/conformance/cases/redelivery.case \
	bindings/conformance/cases/reserve-abort.case \
	bindings/conformance/cases/reserve-commit.case \
	bindings/conformance/cases/reserve-full.case \
	bindings/conformance/cases/roles.case \
	bindings/conformance/cases/seek.case \
	bindings/conformance/cases/two-handles.case \
	bindings/conformance/cases/unlink.case \
	bindings/conformance/cases/wait-any.case \
	bindings/conformance/cases/wait-no-producer.case \
	bindings/conformance/cases/wait-timeout.case \
	bindings/conformance/cases/wake.case \
	bindings/conformance/cases/wrap-around.case
