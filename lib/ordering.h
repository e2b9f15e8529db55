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
 *       load positions                                 store position
 *       store told                                     count a change
 *   (C) read-modify-write roster  <---------->    (C) read-modify-write roster
 *       load changes: again, or                        count a change, pass once more
 *       store tail, use the slots                      load told: begin no lower
 *
 *        producer                                      member
 *   (E) load position, then lines  <------------  (E) store intent, then exchange position
 *
 *        producer that overwrites                      reader
 *   (G) store stamp "writing"                     (G) read payload
 *       fence, write payload       ------------>      fence, load stamp again
 *
 *        whoever ends a group                          member
 *   (H) exchange position                         (H) read payload
 *       fence, use the slots       ------------>      fence, load position again
 *
 *        who publishes                                 who wants to sleep
 *   (I) publish a message, or a release           (I) mark
 *       load the marks         <---- barrier ----     look again, then sleep
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
 *   Where messages have times, a time goes with the payload, here and in G and H.
 *
 * Edge B: a group's position, stored by the consumer with release after it has
 *   read the payload, loaded by the producer with acquire before it writes the
 *   slot again.
 *   Weaker: the new message could be seen under the old stamp.
 *   Stronger: not needed, the position is the only word the two agree about.
 *
 * Edge C: coming, against the producer's look at the groups. A newcomer writes its
 *   position, counts a change, marks itself in the roster, and then reads how far the
 *   producer may have gone. (It counts twice: before the mark, and behind it. The roster
 *   alone may be what it was, when a group was struck out and made anew.) A producer
 *   whose credit is used up reads the positions of those it knows, tells how far it will
 *   go, passes through the roster, and looks again if there is a change. Both passes are
 *   read-modify-writes (acquire and release) of one word, so one of them is first: either
 *   the producer sees the change, or the newcomer sees what was told, and begins no lower.
 *   A seek, and a member that takes over a line, which both hold what nobody held, do the
 *   same without a new mark.
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
 * Edge E: claims. A member stores what it is going to hold in its line (release), then
 *   moves the group's position past it (acquire and release). The producer loads the
 *   position first (acquire), then the lines (acquire): from a position that lies past a
 *   claim it sees the claim. Members read each other's exchanges, so that the messages
 *   below the position that one finds were seen by the one who moved it there.
 *   Weaker: the position could be seen moved and the line still empty, and the message
 *   be overwritten under the member's hands.
 *   Stronger: an intent that is seen early, or long after it came to nothing, only
 *   holds the producer for a while, so nothing has to order it against other words.
 *
 * Edge F: roles. Whoever takes a role's file lock comes after all that its last
 *   holder did: the kernel frees the lock when the holder's mapping is gone, and
 *   grants it later. Nothing that is read under the lock needs an order of its
 *   own; head and positions have one for the sake of those who hold no lock.
 *
 * Edge G: overwriting. The producer stores "writing" to the stamp, then (release fence)
 *   the payload; a reader reads the payload, then (acquire fence) the stamp again: if it
 *   has read a word of the new message, it sees that the stamp is not its own.
 *   Weaker: a reader could take a torn message for whole.
 *   Stronger: neither side waits for the other to see anything.
 *
 * Edge H: the end of a group. Whoever evicts or removes it exchanges its position; a
 *   producer that uses the slots which this sets free does so behind a release fence; a
 *   member that has read in place loads the position again behind an acquire fence.
 *   Weaker: a member could be told that it read a message in peace, and had not.
 *   Stronger: as for G.
 *
 * Edge I: sleeping. Who publishes stores a stamp or a position and then loads the marks;
 * who wants to sleep marks himself and then looks once more. Of the two loads at least one
 * must see the other's store, or he sleeps on what is there. That takes a full fence on
 * both sides. The sleeper's barrier (membarrier(2), to all processes that take part) makes
 * both: each publisher has then stored what he publishes, so that the look sees it, or
 * loads the marks later, and sees them. All that is left to the publisher is to keep the
 * compiler from the exchange. Where there is no such barrier the FENCE bit stands among
 * the marks, and publishers that see it fence and load again; the sleeper that raised it
 * sleeps a millisecond at most until it has known of it for as long, as a publisher may
 * have been between its two steps.
 *   Weaker: release and acquire leave a store and a later load of another word free to
 *   change places, on x86 too. The sleeper would be forgotten until its slice is over.
 *   Stronger: a fence in each publisher costs 10 ns a message and more, while the word that
 *   was stored to is contested; it is paid only where the kernel leaves no other way.
 *   The bell: loaded (acquire) before the mark, and changed by who takes the mark away
 *   (read-modify-write) after that: one who sleeps on the old value has still his mark.
 *   "wanted" is stored before the mark and read behind it, by the same two steps.
 */
#ifndef NABD_ORDERING_H
#define NABD_ORDERING_H
#endif
