# SPDX-License-Identifier: MIT
# Who wakes one of several leaves the others without a mark.
# file: bell.c
# test: model/sleep-two
/^int nabdi_bell_messages_slow/,/^}/s/if (left != 0)/if (0)/
