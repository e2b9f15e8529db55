/* SPDX-License-Identifier: MIT */
/*
 * For the doors, the api_*.c files: the only functions that the library exports.
 * A door checks what the caller gave, calls the mechanism once, and returns its
 * result. The contract of each is in nabd.h and in its manual page.
 */
#ifndef NABD_API_H
#define NABD_API_H

#define NABD_API __attribute__((visibility("default")))

#include <nabd/nabd.h>

#endif
