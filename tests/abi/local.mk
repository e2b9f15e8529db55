# SPDX-License-Identifier: MIT
# What binaries and other languages rely on: numbers, sizes and offsets.
TESTS += tests/abi/layout.sh tests/abi/probes.sh
dist_check_SCRIPTS += tests/abi/layout.sh tests/abi/probes.sh
EXTRA_DIST += tests/abi/layout.c
