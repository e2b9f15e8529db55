/* SPDX-License-Identifier: MIT */
/* A group is made and joined beside another, or as the first, while the producer looks. */
#define GROUPS 2
#define JOINS
#include "bugs.inc"
#include "words.inc"
#include "producer.inc"
#include "member.inc"

/* The only reader of group 1. */
proctype reader() {
end:
	do
	:: seq[1] < stamped -> d_step { assert(seq[1] + SLOTS >= written); seq[1]++ }
	od
}

/* Nobody can go on: then all is sent, and what was promised is received. */
proctype quiet() {
	timeout -> assert(head == N && PROMISED && (released | (BIT(start) - 1)) == BIT(N) - 1)
}

init {
	atomic {
		setup();
		if
		:: roster = HOLDS(1) | SETTLED(1); state[1] = OPEN; run reader()
		:: true
		fi;
		run producer(); run member(1); run quiet()
	}
}
