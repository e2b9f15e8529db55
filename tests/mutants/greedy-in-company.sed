# SPDX-License-Identifier: MIT
# Members of a group of several claim as much as a lone one.
# file: member.c
# test: unit/check_member
/^static size_t how_many/,/^}/s/ || !nabdi_member_alone(m))/)/
