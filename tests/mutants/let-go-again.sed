# SPDX-License-Identifier: MIT
# What a vanished group let go of takes along what one keeps that was dropped later.
# file: membership.c
# test: behaviour/check_groups_end
/^int nabdi_member_drop_group/,/^}/s/cell_store_release(&consumers->group\[g\].let_go, 0);/;/
