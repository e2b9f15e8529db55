/* SPDX-License-Identifier: MIT */
/* An ephemeral group is evicted, or vanishes with its last member, while one joins. */
#ifndef LONG
#define SLOTS 1
#define N 2
#endif
#define EVICTS 1
#define EPHEMERAL
#define JOINS
#define REJOINS 1
#include "bugs.inc"
#include "words.inc"
byte reaps = 1;
#include "producer.inc"
#include "member.inc"

/* A member that has left looks whether it was the last. */
proctype leaver() {
	byte me = 3, n, e, p, t, r;
end:
	do
	:: state[0] == OPEN && lock[0] == 0 && lock[1] == 0 && reaps > 0 ->
		reaps--;
		if
		:: BUG(reap_unlocked) -> skip
		:: atomic { !BUG(reap_unlocked) && glock == 0 -> glock = me }
		fi;
		reap();
		glock = (glock == me -> 0 : glock)
	od;
dead:	skip
}

/* Nobody can go on: then a group that is there has received what it was promised. */
proctype quiet() {
	timeout -> assert(state[0] != OPEN ||
			  (head == N && PROMISED && (released | (BIT(start) - 1)) == BIT(N) - 1))
}

init {
	atomic {
		setup();
		run producer(); run member(1); run leaver(); run quiet()
	}
}
