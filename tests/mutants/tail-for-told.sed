# SPDX-License-Identifier: MIT
# A newcomer reads how far the producer was sure, not how far it goes (edge C).
# file: group.c
# test: model/join-oldest
/^static uint64_t settle/,/^}/s/&producer->told/\&producer->tail/
