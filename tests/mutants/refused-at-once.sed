# SPDX-License-Identifier: MIT
# An opener does not wait for who is alone with the queue.
# file: role.c
# test: metrics/storm
s/while (shut_out && /while (false \&\& /
