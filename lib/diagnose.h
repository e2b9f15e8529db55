/* SPDX-License-Identifier: MIT */
/*
 * What is wrong, or right, with the file behind a name, in sentences; and what can be done
 * about it. Nothing of the file is trusted, and diagnosing changes nothing.
 */
#ifndef NABD_DIAGNOSE_H
#define NABD_DIAGNOSE_H

#include <nabd/nabd.h>

#include "segment.h"
#include "text.h"

/* What nabd_open_opts() would answer; NABD_CORRUPT also for what a producer would find. */
int nabdi_diagnose(const char *name, const struct nabd_opts *opts, struct nabdi_text *text);

/* The same in two steps: the file and its header; then, if that is sound, the rest. */
int nabdi_diagnose_file(const struct nabdi_segment *segment, const struct nabdi_owners *owners,
			struct nabdi_text *text);
int nabdi_diagnose_queue(const struct nabdi_segment *segment, struct nabdi_text *text);

/* Who accepts whose queues, as nabd_open_opts() does. */
struct nabdi_owners nabdi_diagnose_owners(const struct nabd_opts *opts);

/* Say what could be done, and with NABD_RECOVER_DO do it. */
int nabdi_recover(const char *name, const struct nabd_opts *opts, unsigned flags,
		  struct nabdi_text *text);

#endif
