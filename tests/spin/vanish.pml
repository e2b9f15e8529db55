/* SPDX-License-Identifier: MIT */
/* A group without live members is evicted while it vanishes. Nobody joins. */
#define EVICTS 1
#define N 5
#define EPHEMERAL
#define JOINS
#define REJOINS 1
#include "bugs.inc"
#include "words.inc"
byte reaps = 2;
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

/* Nobody can go on: what the group held was let go, and the queue filled again. */
proctype quiet() {
	timeout -> assert(state[0] == OPEN || head == N || head >= closed_head + SLOTS)
}

init {
	atomic {
		setup(); settled_group();
		run producer(); run leaver(); run quiet()
	}
}
