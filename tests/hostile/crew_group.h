/* SPDX-License-Identifier: MIT */
/* crew_group.h - what members of groups do, each called by crew_act(). */
#ifndef NABD_TEST_CREW_GROUP_H
#define NABD_TEST_CREW_GROUP_H

struct crew;

int crew_join(struct crew *crew);
int crew_close(struct crew *crew);
int crew_drop(struct crew *crew);
int crew_pop(struct crew *crew);
int crew_pop_batch(struct crew *crew);
int crew_peek(struct crew *crew);
int crew_peek_msg(struct crew *crew);
int crew_peek_batch(struct crew *crew);
int crew_release(struct crew *crew);
int crew_release_batch(struct crew *crew);
int crew_nack(struct crew *crew);
int crew_seek(struct crew *crew);
int crew_stats(struct crew *crew);

#endif
