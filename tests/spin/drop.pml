/* SPDX-License-Identifier: MIT */
/* A group is dropped and made anew while a member of it sleeps. Nothing is sent meanwhile. */
#define N 2
#define TAGS 2
#define JOINS
#ifndef REJOINS
#define REJOINS 2
#endif
#include "bugs.inc"
#include "words.inc"
byte drops = 2;
#include "member.inc"

proctype dropper() {
	byte at, t;
end:
	do
	:: atomic { drops > 0 && state[0] == OPEN -> drops--; at = seq[0]; t = tag[0] };
		if
		:: atomic { state[0] == OPEN && seq[0] == at && tag[0] == t -> close_group(DROPPED, t) }
		:: atomic { !(state[0] == OPEN && seq[0] == at && tag[0] == t) -> skip }
		fi;
		atomic { at = 0; t = 0 }
	od
}

/* Nobody can go on: then what was promised to the last group is received. */
proctype quiet() {
	timeout -> assert(state[0] != OPEN || (PROMISED && (released | (BIT(start) - 1)) == BIT(N) - 1))
}

init {
	atomic {
		setup();
		written = N; stamped = N; head = N;
		run member(1); run member(2); run dropper(); run quiet()
	}
}
