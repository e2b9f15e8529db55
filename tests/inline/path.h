/* SPDX-License-Identifier: MIT */
/*
 * path.h - the header under test, as path.c sees it; with OLD_PROGRAM as a program does
 * that was compiled for another layout: where it believes the sides to be is something else.
 */
#ifndef INLINE_PATH_H
#define INLINE_PATH_H

#include <nabd/inline_layout.h>

#ifdef OLD_PROGRAM
#undef NABD_INLINE_LAYOUT
#undef NABD_INLINE_SENDER
#undef NABD_INLINE_RECEIVER
#define NABD_INLINE_LAYOUT   0x6e616200u
#define NABD_INLINE_SENDER   1024u
#define NABD_INLINE_RECEIVER 128u
#endif

#include <nabd/inline.h>

/* Whether what is usual is done in place. */
#if !defined(OLD_PROGRAM) && defined(nabd_push)
#define INLINED 1
#else
#define INLINED 0
#endif

#endif
