/* SPDX-License-Identifier: MIT */
/*
 * Messages for people and for jq: as dump and tail show them. Whatever bytes a message
 * has, none of them reaches the terminal as a control character.
 */
#ifndef NABD_TOOL_SHOW_H
#define NABD_TOOL_SHOW_H

#include "tool.h"

enum show_kind { SHOW_AUTO, SHOW_TEXT, SHOW_HEX };

/* One message on standard output: a line with its sequence, length and text, or that and
 * its bytes in hexadecimal; SHOW_AUTO takes text if it is printable. With --json a document
 * of the command's name. */
void show_message(const char *command, const char *queue, enum show_kind kind,
		  const struct nabd_msg *msg);

#endif
