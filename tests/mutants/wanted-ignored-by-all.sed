# SPDX-License-Identifier: MIT
# Who releases all it holds does not wake a sender that waits for that.
# file: bell.c
# test: unit/check_bell
/^int nabdi_bell_space_slow/,/^}/s/(all || /(/
