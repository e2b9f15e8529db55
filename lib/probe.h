/* SPDX-License-Identifier: MIT */
/*
 * Static probes for tracers such as bpftrace and SystemTap: nabd-probes(7) lists them. Each
 * is one nop where nobody traces, and nothing at all where the library is built without
 * sys/sdt.h. They stand where something rare is done, or a system call is made anyway, and
 * never in a header or a door: what a message costs is not touched.
 *
 * A queue is told by the number of its inode, as ls -i shows it.
 */
#ifndef NABD_PROBE_H
#define NABD_PROBE_H

#ifdef NABD_SDT

#include <sys/sdt.h>

#define nabd_probe2(name, a, b)		 STAP_PROBE2(nabd, name, a, b)
#define nabd_probe3(name, a, b, c)	 STAP_PROBE3(nabd, name, a, b, c)
#define nabd_probe4(name, a, b, c, d)	 STAP_PROBE4(nabd, name, a, b, c, d)
#define nabd_probe5(name, a, b, c, d, e) STAP_PROBE5(nabd, name, a, b, c, d, e)

#else

/* Not evaluated, but not unused either. */
#define nabd_probe2(name, a, b)		 ((void)sizeof(a), (void)sizeof(b))
#define nabd_probe3(name, a, b, c)	 (nabd_probe2(name, a, b), (void)sizeof(c))
#define nabd_probe4(name, a, b, c, d)	 (nabd_probe3(name, a, b, c), (void)sizeof(d))
#define nabd_probe5(name, a, b, c, d, e) (nabd_probe4(name, a, b, c, d), (void)sizeof(e))

#endif

#endif
