/* SPDX-License-Identifier: MIT */
/* receive.c - one side of the stress test made in place, the other by the library. */
#include <nabd/inline.h>

#include "../stress/traffic_receive.c"
