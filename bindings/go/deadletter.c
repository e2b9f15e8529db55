/* SPDX-License-Identifier: MIT */
/* The library calls this with each dead letter; Go decides. */
#include <nabd/nabd.h>

#include "_cgo_export.h"

int nabdgo_dead_letter(const struct nabd_msg *msg, void *arg)
{
	return nabdgoDeadLetter((uintptr_t)arg, (void *)msg->data, msg->len, msg->sequence,
				msg->flags, msg->deliveries);
}
