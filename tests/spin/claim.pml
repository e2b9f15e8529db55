/* SPDX-License-Identifier: MIT */
/* Members of a settled group compete; the producer and members die anywhere. */
#ifdef LONG
#define BATCH 2
#endif
#include "bugs.inc"
#include "words.inc"
#include "producer.inc"
#include "member.inc"

/* Nobody can go on: then all is sent and received. */
proctype quiet() {
	timeout -> assert(head == N && released == BIT(N) - 1)
}

init {
	atomic {
		setup();
		settled_group();
		run producer(); run member(1); run member(2); run quiet()
	}
}
