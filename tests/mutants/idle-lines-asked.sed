# SPDX-License-Identifier: MIT
# Members ask the kernel also after those that hold nothing.
# file: member.c
# test: behaviour/check_hot_path
s/nabdi_claim_seen(shm) &&//
