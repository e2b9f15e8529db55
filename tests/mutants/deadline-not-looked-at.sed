# SPDX-License-Identifier: MIT
# A wait goes on after its deadline.
# file: wait.c
# test: behaviour/check_wait_ends
/^bool nabdi_wait_on/,/^}/s/now >= wait->deadline_ns/0/
