/* SPDX-License-Identifier: MIT */
/*
 * Orderings weakened on purpose, each with the scene that has to see it. README.md says
 * what of those that are not here. Bugs of the protocol: tests/mutants.
 */
#include "model.h"

const struct model_bug model_bugs[] = {
	/* edges A and B */
	{"stamp-stored-relaxed", "ring", "stamp", BUG_STORE},
	{"stamp-loaded-relaxed", "ring", "stamp", BUG_LOAD},
	{"position-stored-relaxed", "ring", "position", BUG_STORE},
	{"position-loaded-relaxed", "ring", "position", BUG_LOAD},
	{"begin-stored-relaxed", "claim-running", "begin", BUG_STORE},
	{"begin-loaded-relaxed", "claim-running", "begin", BUG_LOAD},
	/* edge C */
	{"roster-split", "first", "roster", BUG_SPLIT},
	{"roster-changed-without-acquire", "join-oldest", "roster", BUG_CHANGE_ACQUIRE},
	{"roster-changed-without-release", "join-oldest", "roster", BUG_CHANGE_RELEASE},
	{"changes-loaded-relaxed", "seek-back", "changes", BUG_LOAD},
	{"changes-counted-without-release", "seek-back", "changes", BUG_CHANGE_RELEASE},
	/* edge D */
	{"head-stored-relaxed", "look", "head", BUG_STORE},
	{"head-loaded-relaxed", "look", "head", BUG_LOAD},
	/* edge E */
	{"claim-split", "claim", "position", BUG_SPLIT},
	{"lines-marked-split", "nack-two", "members", BUG_SPLIT},
	{"claim-without-release", "claim-running", "position", BUG_CHANGE_RELEASE},
	/* edge F */
	{"role-orders-nothing", "takeover", "", BUG_LOCK},
	{"member-orders-nothing", "claim-death", "", BUG_LOCK},
	/* edges G and H */
	{"no-acquire-fence", "over-in-place", "", BUG_FENCE_ACQUIRE},
	{"no-release-fence", "over-in-place", "", BUG_FENCE_RELEASE},
	{"read-in-place-without-fence", "drop", "", BUG_FENCE_ACQUIRE},
	{"slots-used-without-fence", "evict", "", BUG_FENCE_RELEASE},
	/* edge I */
	{"no-barrier", "sleep-small", "", BUG_BARRIER},
	{"no-barrier-for-slots", "sleep-full", "", BUG_BARRIER},
	{"no-full-fence", "sleep-fenced", "", BUG_FENCE_FULL},
	{NULL, NULL, NULL, BUG_NONE},
};
