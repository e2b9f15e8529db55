/* SPDX-License-Identifier: MIT */
/* A member seeks back while another claims and the producer looks; and dies. */
#define SEEKS 1
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
