/* SPDX-License-Identifier: MIT */
/* The doors of a member, as they stand; the others need a queue that has a name. */
#include "api_member.c"
