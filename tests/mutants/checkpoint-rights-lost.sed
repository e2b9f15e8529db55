# SPDX-License-Identifier: MIT
# A checkpoint that is replaced has the permissions of a new one.
# file: save.c
# test: behaviour/check_checkpoint_held
/^static int make_file/,/^}/s/if (like >= 0)/if (like == -2)/
