/* SPDX-License-Identifier: MIT */
/* A member gives a message back, and dies. */
#define NACKS 1
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
		run producer(); run member(1); run quiet()
	}
}
