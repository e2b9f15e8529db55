# SPDX-License-Identifier: MIT
# A group that asks for a sequence gets the oldest message.
# file: group.c
# test: unit/check_group
/^static uint64_t settle/,/^}/s/if (oldest != 0 && start->sequence > next)/if (oldest != 0 \&\& start->sequence < next)/
