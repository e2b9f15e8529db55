# SPDX-License-Identifier: MIT
# The second part of a long batch is taken from where the first one began.
# file: producer.c
# test: behaviour/check_send
/^int nabdi_producer_push_batch/,/^}/s/block = from;/block = data;/
