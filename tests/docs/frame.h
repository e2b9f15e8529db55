/* SPDX-License-Identifier: MIT */
/*
 * What a sample that is no whole program is compiled with: check-samples.py puts each of
 * them into a function of its own behind this. A sample may declare the same names anew.
 */
#ifndef NABD_TESTS_DOCS_FRAME_H
#define NABD_TESTS_DOCS_FRAME_H

#include <nabd/nabd.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* What the documents call these, everywhere. */
extern nabd_t *q;
extern nabd_consumer_t *c;
extern struct nabd_msg msg;
extern void *slot;
extern char buf[4096];
extern const void *data;
extern size_t len;
extern int rc;
extern nabd_backoff_t b;
extern uint32_t feed_gid, maker_uid;
extern nabd_t *orders, *prices;

/* What a program does for itself. */
size_t make_message(void *room, size_t size);
void use_message(const void *bytes, size_t size);
void use(const void *bytes, size_t size);
void work(const void *bytes, size_t size);
void serve(nabd_t *ready);
int done_before(const uint8_t *incarnation, uint64_t sequence);
void do_and_store(const uint8_t *incarnation, uint64_t sequence, const void *bytes, size_t size);
void complain(uint64_t messages);
void slow_down(nabd_t *full, void *arg);
void go_on(nabd_t *emptied, void *arg);

#endif
