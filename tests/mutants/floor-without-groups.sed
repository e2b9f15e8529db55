# SPDX-License-Identifier: MIT
# The floor moves to head while there is no group.
# file: group.c
# test: unit/check_group
s/: let_go(consumers, floor, head);/: head;/
