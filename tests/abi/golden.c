/* SPDX-License-Identifier: MIT */
/*
 * Files that version 0.9.0 made are read by every later one: a queue of format version 1
 * with all kinds of groups in it, and a checkpoint. And the same queue as a machine of the
 * other byte order would have made it is refused.
 *
 *	golden           try the images beside this file
 *	golden make DIR  make them anew: only together with a new version of the format
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nabd/nabd.h>

#include "image.h"

#define QUEUE "/golden"
#define SLOTS 8u
#define SIZE 40u
#define SENT 11u   /* more than slots: the ring has gone round */
#define READ 5u    /* by the default group */
#define CLAIMED 2u /* and not released by a member of group 3, which died: from READ on */

static char dir[64];
static int failed;

#define NEED(what)                                                         \
	do {                                                               \
		if (!(what)) {                                             \
			printf("golden.c:%d: %s\n", __LINE__, #what);      \
			failed = 1;                                        \
		}                                                          \
	} while (0)

/* Message i is i bytes of i + 1, save that 0 is empty: short, and never the same. */
static uint32_t message(unsigned i, unsigned char *buf)
{
	memset(buf, (int)(i + 1), SIZE);
	return i * 3 % (SIZE + 1);
}

static int is_message(const struct nabd_msg *msg, unsigned i)
{
	unsigned char want[SIZE];

	return msg->len == message(i, want) && msg->sequence == i &&
	       !memcmp(msg->data, want, msg->len);
}

static void path_of(char *path, const char *where, const char *name)
{
	snprintf(path, 512, "%s/%s", where, name);
}

/* A file of dir, private as a queue's must be. */
static void to_file(const char *name, const unsigned char *bytes, size_t size)
{
	char path[512];
	FILE *out;

	path_of(path, dir, name);
	out = fopen(path, "w");
	NEED(out && !fchmod(fileno(out), 0600) && fwrite(bytes, 1, size, out) == size);
	if (out)
		NEED(!fclose(out));
}

static void from_file(const char *name, const char *to, const char *comment)
{
	static unsigned char bytes[1u << 20];
	char path[512], image[512];
	size_t size;
	FILE *in;

	path_of(path, dir, name);
	snprintf(image, sizeof(image), "%s/%s-1.hex", to, name);
	in = fopen(path, "r");
	size = in ? fread(bytes, 1, sizeof(bytes), in) : 0;
	NEED(in && size && size < sizeof(bytes) && !image_write(image, comment, bytes, size));
	if (in)
		fclose(in);
}

/* A member of group 3 that is given messages and dies with them. */
static void die_holding(void)
{
	int status;
	pid_t child = fork();

	if (!child) {
		nabd_t *q = nabd_open(QUEUE, 0, 0, NABD_CONSUMER);
		nabd_consumer_t *c = nabd_consumer_join(q, 3);
		struct nabd_msg msgs[CLAIMED];
		size_t got = 0;

		_exit(nabd_consumer_peek_batch(c, msgs, CLAIMED, &got) || got != CLAIMED);
	}
	NEED(child > 0 && waitpid(child, &status, 0) == child && !status);
}

static int make(const char *to)
{
	char saved[512];
	unsigned char buf[SIZE];
	struct nabd_msg msg;
	nabd_t *q = nabd_open(QUEUE, SLOTS, SIZE,
			      NABD_CREATE | NABD_EXCL | NABD_PRODUCER | NABD_CONSUMER);
	nabd_consumer_t *three, *five;
	unsigned i;

	NEED(q);
	three = nabd_consumer_join(q, 3);
	five = nabd_consumer_join(q, 5);
	NEED(three && five);
	NEED(nabd_peek_msg(q, &msg) == NABD_EMPTY); /* from now on the default group counts */
	for (i = 0; i < SENT; i++) {
		uint32_t len = message(i, buf);

		if (i == READ) { /* all have read so far */
			for (unsigned j = 0; j < READ; j++) {
				NEED(!nabd_peek_msg(q, &msg) && is_message(&msg, j));
				NEED(!nabd_release(q));
				NEED(!nabd_consumer_peek_msg(three, &msg) && is_message(&msg, j));
				NEED(!nabd_consumer_release(three));
			}
			NEED(!nabd_group_drop(q, 5));
		}
		NEED(!nabd_push(q, buf, len));
	}
	path_of(saved, dir, "checkpoint");
	NEED(!nabd_checkpoint_save(three, saved));
	NEED(!nabd_consumer_close(three));
	nabd_consumer_close(five);
	die_holding();
	NEED(!nabd_close(q));
	from_file("golden", to, "A queue of format version 1: see golden.c.");
	from_file("checkpoint", to, "A checkpoint of format version 1: see golden.c.");
	NEED(!nabd_unlink(QUEUE));
	unlink(saved);
	return failed;
}

static void look(nabd_t *q)
{
	struct nabd_stats stats = { .size = sizeof(stats) };
	struct nabd_group_info info = { .size = sizeof(info) };

	NEED(!nabd_stats(q, &stats));
	NEED(stats.slots == SLOTS && stats.slot_size == SIZE && stats.head == SENT);
	NEED(stats.position == READ);
	NEED(!nabd_group_look(q, 3, &info));
	NEED(info.position == READ + CLAIMED && info.low == READ && info.holding == 1);
	NEED(info.made == 1 && info.members == 0);
	NEED(nabd_group_look(q, 5, &info) == NABD_NOTFOUND);
	NEED(nabd_group_look(q, 4, &info) == NABD_NOTFOUND);
}

static void read_all(void)
{
	struct nabd_resume resume = NABD_RESUME_INIT;
	struct nabd_checkpoint checkpoint = { .size = sizeof(checkpoint) };
	unsigned char buf[SIZE];
	char saved[512];
	struct nabd_msg msg;
	nabd_consumer_t *c;
	nabd_t *q = nabd_open(QUEUE, 0, 0, NABD_PRODUCER | NABD_CONSUMER);
	unsigned i;

	NEED(q);
	if (!q)
		return;
	look(q);
	c = nabd_consumer_join(q, 3);
	NEED(c);
	path_of(saved, dir, "checkpoint");
	NEED(!nabd_checkpoint_load(saved, &checkpoint));
	NEED(checkpoint.group == 3 && checkpoint.sequence == READ && checkpoint.head == SENT &&
	     checkpoint.saves == 1);
	for (i = READ; i < SENT; i++) {
		NEED(!nabd_peek_msg(q, &msg) && is_message(&msg, i));
		NEED(!nabd_release(q));
	}
	NEED(nabd_peek_msg(q, &msg) == NABD_EMPTY);
	/* What the dead member held comes again, and is marked; the order may be another. */
	for (i = READ; i < SENT; i++) {
		NEED(!nabd_consumer_peek_msg(c, &msg) && is_message(&msg, (unsigned)msg.sequence));
		NEED(!(msg.flags & NABD_MSG_REDELIVERED) == (msg.sequence >= READ + CLAIMED));
		NEED(!nabd_consumer_release(c));
	}
	NEED(nabd_consumer_peek_msg(c, &msg) == NABD_EMPTY);
	/* Its checkpoint is of this queue, by its incarnation. */
	NEED(!nabd_consumer_resume(c, saved, &resume));
	NEED(resume.state == NABD_RESUMED_EXACT && resume.sequence == READ && resume.lost == 0);
	for (i = READ; i < SENT; i++)
		NEED(!nabd_consumer_peek_msg(c, &msg) && is_message(&msg, i) &&
		     !nabd_consumer_release(c));
	/* And it goes on. */
	for (; i < SENT + 2 * SLOTS; i++) {
		NEED(!nabd_push(q, buf, message(i, buf)));
		NEED(!nabd_peek_msg(q, &msg) && is_message(&msg, i) && !nabd_release(q));
		NEED(!nabd_consumer_peek_msg(c, &msg) && is_message(&msg, i));
		NEED(!nabd_consumer_release(c));
	}
	NEED(!nabd_consumer_close(c));
	NEED(!nabd_close(q));
}

/* CRC32C, bit by bit: not the library's own. */
static uint32_t crc32c(const unsigned char *bytes, size_t n)
{
	uint32_t crc = ~UINT32_C(0);

	while (n--) {
		crc ^= *bytes++;
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (crc & 1 ? UINT32_C(0x82f63b78) : 0);
	}
	return ~crc;
}

static void swap(unsigned char *bytes, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		unsigned char byte = bytes[i];

		bytes[i] = bytes[n - 1 - i];
		bytes[n - 1 - i] = byte;
	}
}

/* The numbers of the identity, as nabd-segment(5) lists them, the other way round. */
static void make_foreign(unsigned char *id)
{
	static const struct { unsigned char at, size; } fields[] = {
		{ 8, 4 }, { 12, 4 }, { 16, 8 }, { 24, 8 }, { 48, 8 }, { 56, 4 }, { 60, 4 },
		{ 64, 4 }, { 68, 4 }, { 72, 4 }, { 76, 4 }, { 80, 8 }, { 88, 8 }, { 96, 8 },
	};
	uint32_t crc;

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		swap(id + fields[i].at, fields[i].size);
	crc = crc32c(id, 124);
	memcpy(id + 124, &crc, 4);
	swap(id + 124, 4);
}

/* Opening answers ERROR, and nothing of the file has changed. */
static void is_refused(const unsigned char *bytes, size_t size, int error)
{
	static unsigned char after[1u << 20];
	char path[512];
	nabd_t *q = NULL;
	FILE *in;
	int rc;

	to_file("golden", bytes, size);
	rc = nabd_open_opts(QUEUE, 0, 0, NABD_CONSUMER, NULL, &q);
	NEED(rc == error && !q);
	if (rc != error)
		printf("it answered %d, %s\n", rc, nabd_strerror(rc));
	path_of(path, dir, "golden");
	in = fopen(path, "r");
	NEED(in && fread(after, 1, sizeof(after), in) == size && !memcmp(after, bytes, size));
	if (in)
		fclose(in);
}

static int try(const char *images)
{
	const uint32_t one = 1;
	int big = !*(const unsigned char *)&one;
	char path[512];
	size_t size = 0, saved_size = 0;
	unsigned char *queue, *saved;

	path_of(path, images, "golden-1.hex");
	queue = image_read(path, &size);
	path_of(path, images, "checkpoint-1.hex");
	saved = image_read(path, &saved_size);
	NEED(queue && saved && size > 128);
	if (failed)
		return 1;
	if (big) {
		is_refused(queue, size, NABD_BYTEORDER);
	} else if (sysconf(_SC_PAGESIZE) > 4096) { /* its regions begin at multiples of 4096 */
		is_refused(queue, size, NABD_FORMAT);
	} else {
		to_file("golden", queue, size);
		to_file("checkpoint", saved, saved_size);
		read_all();
		queue[12] = 2; /* a format version that is not known, with a good checksum */
		{
			uint32_t crc = crc32c(queue, 124);

			memcpy(queue + 124, &crc, 4);
		}
		is_refused(queue, size, NABD_FORMAT);
		queue[12] = 1;
		make_foreign(queue);
		is_refused(queue, size, NABD_BYTEORDER);
	}
	free(queue);
	free(saved);
	return failed;
}

int main(int argc, char **argv)
{
	const char *top = getenv("top_srcdir");
	char path[512];
	int rc;

	snprintf(dir, sizeof(dir), "/dev/shm/nabd-golden-%ld", (long)getpid());
	if (mkdir(dir, 0700) || setenv("NABD_DIR", dir, 1)) {
		perror(dir);
		return 1;
	}
	if (argc == 3 && !strcmp(argv[1], "make")) {
		rc = make(argv[2]);
	} else {
		snprintf(path, sizeof(path), "%s/tests/abi", top ? top : ".");
		rc = try(path);
	}
	path_of(path, dir, "golden");
	unlink(path);
	path_of(path, dir, "checkpoint");
	unlink(path);
	if (rmdir(dir)) {
		perror(dir);
		rc = 1;
	}
	if (!rc)
		puts("as expected");
	return rc;
}
