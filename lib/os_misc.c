/* SPDX-License-Identifier: MIT */
/* The floor: user, clock, randomness, environment, memory for handles. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "os.h"

uint32_t nabdi_os_user(void)
{
	return (uint32_t)geteuid();
}

uint64_t nabdi_os_realtime_ns(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t nabdi_os_coarse_ns(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void nabdi_os_sleep_ms(unsigned ms)
{
	const struct timespec pause = {
		.tv_sec = (time_t)(ms / 1000),
		.tv_nsec = (long)(ms % 1000) * 1000000,
	};

	(void)nanosleep(&pause, NULL);
}

int nabdi_os_random(void *buf, size_t len)
{
	uint8_t *at = buf;

	while (len > 0) {
		ssize_t got = getrandom(at, len, 0);

		if (got < 0) {
			if (errno == EINTR)
				continue;
			return NABD_SYSTEM;
		}
		at += got;
		len -= (size_t)got;
	}
	return NABD_OK;
}

const char *nabdi_os_default_dir(void)
{
	const char *dir = secure_getenv("NABD_DIR");

	return dir != NULL && dir[0] != '\0' ? dir : "/dev/shm";
}

void *nabdi_os_alloc(size_t bytes, size_t align)
{
	void *p = NULL;

	if (posix_memalign(&p, align, bytes) != 0)
		return NULL;
	memset(p, 0, bytes);
	return p;
}

void nabdi_os_free(void *p)
{
	free(p);
}
