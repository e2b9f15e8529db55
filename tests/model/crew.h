/* SPDX-License-Identifier: MIT */
/* The members of a group at work, and the account of who was given which message. */
#ifndef CREW_H
#define CREW_H

#include "handle.h"
#include "world.h"

#define CREW_GROUP 1u

extern struct nabdi_producer crew_producer;
extern struct nabd_consumer crew_consumer[MODEL_THREADS];

/* Forget everything. */
void crew_begin(void);

/* Who is the producer: a thread, or 0. */
void crew_produce(unsigned thread);

/* Make thread a member, while the scene is set up or in the thread itself. */
int crew_join(unsigned thread, uint32_t flags);
bool crew_joined(unsigned thread);

/* Send so many, which must be possible; or try so often to send so many. */
void crew_send(unsigned messages);
void crew_send_some(unsigned messages, unsigned tries);

/* Be given a message and release it, that often. */
void crew_serve(unsigned thread, unsigned tries);

/* The same, with copies. */
void crew_serve_copies(unsigned thread, unsigned tries);

/* The two parts of crew_serve(). */
int crew_take(unsigned thread, uint64_t *sequence);
int crew_done(unsigned thread, uint64_t sequence);

/* Make thread the reader of group 0. */
void crew_join_reader(unsigned thread);

/* Messages below this are not the group's. */
extern uint64_t crew_first;

/* The group may end while its members work. */
extern bool crew_may_end;

/* How far behind the group may be, 0: as far as it likes; how often it was moved. */
extern uint64_t crew_max_lag;
extern unsigned crew_moved;

/* Messages that were done; and what this thread did does not count any more. */
uint64_t crew_released(void);
void crew_forget(unsigned thread);

/* The reader of group 0, and what it was given. */
extern struct nabdi_consumer crew_reader;
extern struct world_log crew_read;

/* A new member takes what is left. Then each message was released once. */
void crew_check(void);

#endif
