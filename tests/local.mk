# SPDX-License-Identifier: MIT
include tests/unit/local.mk
include tests/behaviour/local.mk
include tests/stress/local.mk
include tests/fault/local.mk
include tests/checkpoint/local.mk
include tests/soak/local.mk
include tests/wait/local.mk
include tests/fuzz/local.mk
include tests/hostile/local.mk
include tests/compile/local.mk
include tests/abi/local.mk
include tests/lint/local.mk
include tests/valgrind/local.mk
include tests/interop/local.mk
include tests/mutants/local.mk
include tests/model/local.mk
include tests/spin/local.mk
