# SPDX-License-Identifier: MIT
# The loss of an eviction is counted from where the group was seen first.
# file: group.c
# test: metrics/check_metrics
/^bool nabdi_group_give_up/,/^}/s/head - last : 0/head - last + 1 : 0/
