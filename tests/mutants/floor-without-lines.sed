# SPDX-License-Identifier: MIT
# The producer asks for a group's position alone, not for what its members hold.
# file: group.c
# test: model/claim-running
/^uint64_t nabdi_group_low/,/^}/s/if (begin != 0 && begin - 1 - from < low)/if (begin == 0 \&\& begin - from < low)/
