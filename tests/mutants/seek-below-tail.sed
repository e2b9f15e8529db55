# SPDX-License-Identifier: MIT
# A seek goes to where messages are overwritten.
# file: seek.c
# test: unit/check_seek
/^static uint64_t find_target/,/^}/s/below(sequence, tail) ? tail : sequence/below(sequence, tail) ? sequence : sequence/
