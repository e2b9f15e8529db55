# SPDX-License-Identifier: MIT
# A message is not told to descriptors.
# file: bell.c
# test: behaviour/check_poll
/^int nabdi_bell_messages_slow/,/^}/s/if ((marks & ALL_ARMED) != 0)/if (0)/
