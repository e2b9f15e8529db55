# SPDX-License-Identifier: MIT
# The producer is not told of a new member's line.
# file: member.c
# test: model/claim-running
/^static int take_line/,/^}/{
	/cell_fetch_or(&consumers->group/d
}
