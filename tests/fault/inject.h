/* SPDX-License-Identifier: MIT */
/* inject.h - the operations whose system calls are made to fail. */
#ifndef NABD_TEST_INJECT_H
#define NABD_TEST_INJECT_H

#include "kill.h"

#define INJECT_SLOTS 8u

/** The first of them makes a new queue. */
extern const struct kill_op inject_ops[];
extern const size_t inject_op_count;

bool inject_opens(const struct kill_op *op);
bool inject_unlinks(const struct kill_op *op);

#endif
