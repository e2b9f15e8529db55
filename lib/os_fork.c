/* SPDX-License-Identifier: MIT */
/*
 * The floor: telling a forked child from its parent with one load.
 *
 * One page a process is wiped by the kernel in each child (MADV_WIPEONFORK). It
 * holds the process's generation, a number that a child can't have inherited: a
 * child finds 0 and takes the number after its parent's. Where the kernel can't
 * wipe, a fork handler does. The page is never freed: handles point to it.
 */
#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "os.h"

static pthread_mutex_t setting_up = PTHREAD_MUTEX_INITIALIZER;
static nabd_cell32 *page;
static uint32_t last_generation;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct nabdi_os_hold *watched;
static int cancel_state; /* of the thread that has the mutex */

/* Closes what would keep the parent's roles taken after its death. */
static void in_child(void)
{
	for (struct nabdi_os_hold *h = watched; h != NULL; h = h->next) {
		nabdi_os_close_own(h->fd, &h->file);
		h->fd = -1;
	}
	watched = NULL;
	setting_up = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER; /* another thread may have had it */
	cell32_compare_exchange(page, last_generation, 0);
	nabdi_os_fork_go_on();
}

static void set_up(void)
{
	void *p = mmap(NULL, nabdi_os_page(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);

	if (p == MAP_FAILED)
		return;
	(void)madvise(p, nabdi_os_page(), MADV_WIPEONFORK); /* else in_child() does it */
	page = p;
	if (pthread_atfork(nabdi_os_fork_hold_off, nabdi_os_fork_go_on, in_child) != 0) {
		page = NULL;
		(void)munmap(p, nabdi_os_page());
	}
}

/* Not pthread_once(): a lack of memory may pass. */
int nabdi_os_fork_ready(void)
{
	bool ready;

	(void)pthread_mutex_lock(&setting_up);
	if (page == NULL)
		set_up();
	ready = page != NULL;
	(void)pthread_mutex_unlock(&setting_up);
	if (ready)
		return NABD_OK;
	errno = ENOMEM; /* the one reason of either call */
	return NABD_NOMEM;
}

int nabdi_os_fork_word(const nabd_cell32 **word, uint32_t *generation)
{
	int rc = nabdi_os_fork_ready();

	if (rc != NABD_OK)
		return rc;
	nabdi_os_fork_hold_off();
	if (cell32_load_relaxed(page) == 0)
		cell32_compare_exchange(page, 0, ++last_generation);
	*generation = cell32_load_relaxed(page);
	nabdi_os_fork_go_on();
	*word = page;
	return NABD_OK;
}

void nabdi_os_fork_hold_off(void)
{
	int state;

	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	(void)pthread_mutex_lock(&mutex);
	cancel_state = state;
}

void nabdi_os_fork_go_on(void)
{
	int state = cancel_state;

	(void)pthread_mutex_unlock(&mutex);
	(void)pthread_setcancelstate(state, &state);
}

void nabdi_os_fork_watch(struct nabdi_os_hold *hold)
{
	hold->next = watched;
	watched = hold;
}

void nabdi_os_fork_unwatch(struct nabdi_os_hold *hold)
{
	for (struct nabdi_os_hold **at = &watched; *at != NULL; at = &(*at)->next) {
		if (*at == hold) {
			*at = hold->next;
			break;
		}
	}
}
