# SPDX-License-Identifier: MIT
# A full producer asks the kernel also after the members of groups that may not go.
# file: membership.c
# test: behaviour/check_hot_path
s/return may_go && exists/return exists/
