# SPDX-License-Identifier: MIT
# The time of a message is looked for wherever the caller says.
# file: latency.c
# test: metrics/check_latency_calls
/msg->data != payload/,+1d
