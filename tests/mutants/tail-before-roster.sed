# SPDX-License-Identifier: MIT
# Tail says what the producer hopes for, not what is sure.
# file: group.c
# test: model/join-takeover
/^uint64_t nabdi_group_renew/,/^}/s/cell_store_release(&producer->told, next);/&\n\t\tcell_store_release(\&producer->tail, next);/
