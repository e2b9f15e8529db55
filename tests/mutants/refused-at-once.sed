# SPDX-License-Identifier: MIT
# An opener does not wait for who is alone with the queue.
# file: role.c
# test: metrics/storm
s/shut_out && i < ENTER_TRIES/shut_out \&\& i < ENTER_TRIES - ENTER_TRIES/
