/* SPDX-License-Identifier: MIT */
/* crew_wait.h - calls that wait, each called by crew_act(). */
#ifndef NABD_TEST_CREW_WAIT_H
#define NABD_TEST_CREW_WAIT_H

struct crew;

int crew_set_wait(struct crew *crew);
int crew_wake(struct crew *crew);
int crew_push_wait(struct crew *crew);
int crew_pressure(struct crew *crew);
int crew_pop_wait(struct crew *crew);
int crew_member_wait(struct crew *crew);
int crew_wait_any(struct crew *crew);

#endif
