/* SPDX-License-Identifier: MIT */
/*
 * No code: the drawing of who sees what when. Each edge has a letter; the lines
 * at its two ends say "edge X", and tests/lint/check-edges.sh demands both.
 *
 *        producer                                      consumer
 *   (B) load position  <------------------------  (B) store position
 *       write payload                                  read payload
 *   (A) store stamp    ------------------------>  (A) load stamp
 *   (D) store head     ---> observers, takeover   (D)
 *
 *        producer                                      newcomer
 *       store head                                     store position
 *   (C) read-modify-write roster  <---------->    (C) read-modify-write roster
 *       load positions                                 load head again
 *
 *        one holder of a role                          its successor
 *       its stores                                     its loads
 *   (F) death or close frees the file lock ---->  (F) taking the file lock
 *
 * Edge A: the stamp, stored by the producer with release after the payload,
 *   loaded by the consumer with acquire before it.
 *   Weaker: the consumer could read a payload that is not there yet.
 *   Stronger: a full fence costs 10 ns or more a message and orders the stamp
 *   against later loads, which nothing here depends on.
 *
 * Edge B: a group's position, stored by the consumer with release after it has
 *   read the payload, loaded by the producer with acquire before it writes the
 *   slot again.
 *   Weaker: the new message could be seen under the old stamp.
 *   Stronger: not needed, the position is the only word the two agree about.
 *
 * Edge C: joining. A newcomer writes its position, then marks itself in the
 *   roster; a producer whose credit is used up writes head, then passes through
 *   the roster, then reads the positions of those in it. Each then looks at what
 *   the other wrote first. Both passes are read-modify-writes (acquire and
 *   release) of one word, so one of them is first: either the producer sees the
 *   newcomer, or the newcomer sees a head that is not below anything the
 *   producer may overwrite, and starts there.
 *   Weaker (load and store): both could miss the other (store buffering), and
 *   the producer would overwrite what the newcomer believes to be kept.
 *   Stronger: sequentially consistent order among several words is not needed,
 *   as the two meet in one. It happens once a lap and once a join.
 *
 * Edge D: head, stored by the producer with release after the stamps of the
 *   messages below it, loaded with acquire by observers and by joiners.
 *   Weaker: an observer could be told of a message whose stamp it can't see.
 *   Stronger: nobody waits on head.
 *   Tail goes the same way: stored with release when the credit is renewed,
 *   loaded with acquire by a newcomer, whose reads must not come before it.
 *
 * Edge F: roles. Whoever takes a role's file lock comes after all that its last
 *   holder did: the kernel frees the lock when the holder's mapping is gone, and
 *   grants it later. Nothing that is read under the lock needs an order of its
 *   own; head and positions have one for the sake of those who hold no lock.
 *   (E is kept for claims of group members.)
 */
#ifndef NABD_ORDERING_H
#define NABD_ORDERING_H
#endif
