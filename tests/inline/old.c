/* SPDX-License-Identifier: MIT */
/* old.c - a program of another layout: the library serves it, and never its own code. */
#define OLD_PROGRAM
#include "path.c"
