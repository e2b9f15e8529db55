/* SPDX-License-Identifier: MIT */
/*
 * What nabd doctor finds, and where: about the machine in doctor_host.c, about the queues
 * in doctor_queues.c.
 */
#ifndef NABD_TOOL_DOCTOR_H
#define NABD_TOOL_DOCTOR_H

#include "tool.h"

enum finding_level { FINDING_GOOD, FINDING_HINT, FINDING_TROUBLE };

/* Report one: what was looked at, what it is, and what to do (or NULL). */
void doctor_find(enum finding_level level, const char *topic, const char *advice,
		 const char *format, ...) __attribute__((format(printf, 4, 5)));

void doctor_host(void);
void doctor_queues(void);

/* Those that are named, and all that nabd_diagnose() says of each. */
void doctor_named(char **names, int count);

/* What it says of one; the findings about it follow. */
void doctor_explain(const char *name, int code, const char *text);

/* A small file's first line, without its newline; false if it can't be read. */
bool doctor_read_line(const char *path, char *line, size_t size);

#endif
