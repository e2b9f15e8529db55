# SPDX-License-Identifier: MIT
# Who seeks lets go of what it holds before the group has moved back.
# file: seek.c
# test: fault/group_step.seek-back.half
/^int nabdi_member_seek/,/^}/s/target = find_target(m, sequence);/forget_held(m, m->own);\n\t&/
